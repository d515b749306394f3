// The one place where errno becomes a Status.
#pragma once

#include <cerrno>
#include <string_view>

#include "absl/status/status.h"

namespace ipclab {

// "act subject: strerror(error)" with the canonical code that fits error (absl's own mapping).
// act is the call ("mq_open"), subject what it was done to (a name, a path); subject may be empty.
absl::Status ErrnoStatus(std::string_view act, std::string_view subject = {}, int error = errno);

}  // namespace ipclab
