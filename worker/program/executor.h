// The life of a worker that executes a lab program: compiles the text, makes and joins its ends of
// the objects, then waits for its turn and does what the baton says, until it is told to quit. One
// thread, no gRPC. Called by RunWorker.
#pragma once

#include "common/mapping.h"
#include "common/message_socket.h"
#include "ipclab/internal/control.pb.h"
#include "worker/heritage.h"

namespace ipclab {

// pages: all of the experiment's. Ends the process as RunWorker does; after Failed with MISMATCH
// where the kernel did something else than the model.
[[noreturn]] void ExecuteProgram(const internal::WorkerSetup& setup, const Mapping& pages,
                                 MessageSocket& control, const Heritage& heritage);

}  // namespace ipclab
