// How much memory an experiment may need, as reckoned from its plan, and whether there is room for
// it. Pure.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "server/validate.h"

namespace ipclab {

// The pages that its workers share, and of each worker two messages and a fixed part. What the
// mechanism keeps in the kernel has limits of its own.
int64_t MemoryNeeded(const ExperimentPlan& plan);

// RESOURCE_EXHAUSTED, saying what would be needed, when needed is more than what is left of limit.
absl::Status CheckMemory(int64_t needed, int64_t in_use, int64_t limit);

}  // namespace ipclab
