// What another process holds, as /proc tells.
#pragma once

#include <sys/types.h>

#include "absl/status/statusor.h"

namespace ipclab::bench {

struct ProcessMemory {
  double resident_bytes = 0;      // RSS: shared pages counted whole
  double proportional_bytes = 0;  // PSS: shared pages divided among those who share them
};

absl::StatusOr<ProcessMemory> MemoryOf(pid_t pid);

// How many descriptors it has open.
absl::StatusOr<int> DescriptorsOf(pid_t pid);

}  // namespace ipclab::bench
