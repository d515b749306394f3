// How a worker killed for want of memory is told from one that somebody killed.
#pragma once

#include <cstdint>

namespace ipclab {

// Processes that the kernel has killed for want of memory since it started, in all memory cgroups:
// oom_kill in /proc/vmstat. 0 where the kernel does not count.
int64_t CountMemoryKills();

}  // namespace ipclab
