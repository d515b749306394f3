// What the zygote finds at its start, for the server.
#pragma once

#include "ipclab/internal/control.pb.h"
#include "worker/heritage.h"

namespace ipclab {

// Probes the host, and every mechanism on it. The process must have one thread.
internal::Hello MakeHello(const Heritage& heritage);

}  // namespace ipclab
