// How a worker ends that cannot go on.
#pragma once

#include <span>
#include <string>

#include "absl/status/status.h"
#include "common/message_socket.h"
#include "ipclab/internal/control.pb.h"

namespace ipclab {

// Tells the server and ends with code 1. If the server is gone too, nobody is left to care.
[[noreturn]] void Fail(MessageSocket& control, internal::Failed::Kind kind, std::string message);
[[noreturn]] void Fail(MessageSocket& control, const absl::Status& status);

// Tells the server something; ends with code 0 if it is gone.
void Tell(MessageSocket& control, const internal::FromWorker& message,
          std::span<const int> descriptors = {});

}  // namespace ipclab
