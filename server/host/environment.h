// What this host is, as far as figures depend on it.
#pragma once

#include <string>

#include "common/topology.h"
#include "ipclab/v1/system.pb.h"

namespace ipclab {

// Reads the host, /proc and /sys below root; of_workers, from the zygote, says what their clock is
// and how they were built.
v1::Environment ReadEnvironment(const Topology& topology, const v1::Environment& of_workers,
                                const std::string& root = "");

}  // namespace ipclab
