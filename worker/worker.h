// One worker's whole life: set up, connected, leg after leg, ended by the server. One thread, no
// gRPC, no logging; on the measured path no allocation and no protobuf.
#pragma once

#include <sys/types.h>

#include "common/message_socket.h"
#include "ipclab/internal/control.pb.h"
#include "worker/heritage.h"

namespace ipclab {

// Called in a process that was just forked from parent. Waits for its setup, which says what it is
// to be. Ends the process: with code 0 at Quit or when the server's end of control is closed, with
// code 1 after Failed. Never runs destructors or exit handlers of the parent's.
[[noreturn]] void RunWorker(MessageSocket control, pid_t parent, const Heritage& heritage);

}  // namespace ipclab
