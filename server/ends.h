// How processes and experiments end, in the words of the API.
#pragma once

#include <string>
#include <string_view>

#include "ipclab/internal/control.pb.h"
#include "ipclab/v1/experiment.pb.h"

namespace ipclab {

v1::End MakeEnd(v1::End::Class end_class, std::string_view reason, std::string_view message);

// "SIGKILL", or "signal 99".
std::string SignalName(int signal);

// "worker 0 (initiator)".
std::string WorkerName(int index, std::string_view role);

// What the zygote's report means for a worker that the lab did not kill.
v1::End EndOfProcess(const internal::Ended& ended, std::string_view worker_name);

// The role as clients see it: "initiator".
std::string RoleName(internal::Role role);

}  // namespace ipclab
