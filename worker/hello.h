// What the zygote finds at its start, for the server.
#pragma once

#include "ipclab/internal/control.pb.h"
#include "worker/heritage.h"

namespace ipclab {

// Probes every mechanism on this host.
internal::Hello MakeHello(const Heritage& heritage);

}  // namespace ipclab
