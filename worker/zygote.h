// The process that starts and reaps all workers. The server execs it as its first act and speaks to
// it over a control socket; it lives as long as the server holds the other end.
//
// One thread, so that it may fork at any time and PR_SET_PDEATHSIG means what it says: the workers
// die with it. When the server goes, by whatever death, it kills every worker and removes the names
// that it guards.
#pragma once

#include <span>

#include "common/message_socket.h"
#include "worker/mechanism.h"

namespace ipclab {

// The control socket as the zygote inherits it.
inline constexpr int kZygoteControlFd = 3;

// Serves until the server is gone. control must be kZygoteControlFd; every other descriptor but 0,
// 1 and 2 is closed, and 0 and 1 become /dev/null. Ends the process, as its workers end, without
// what exit() runs (so no sanitizer looks for leaks of its own): 0, or 1 after saying on stderr why
// it could not go on.
[[noreturn]] void RunZygote(MessageSocket control, std::span<const Mechanism* const> mechanisms);

}  // namespace ipclab
