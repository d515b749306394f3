// What this host is, as far as figures depend on it.
#pragma once

#include "common/topology.h"
#include "ipclab/v1/system.pb.h"

namespace ipclab {

// Reads the host; of_workers, from the zygote, says what their clock is and how they were built.
v1::Environment ReadEnvironment(const Topology& topology, const v1::Environment& of_workers);

}  // namespace ipclab
