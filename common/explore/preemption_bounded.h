// The first failure of a program, by as few preemptions as it takes: SearchMode::kFind.
#pragma once

#include <memory>

#include "common/explore/search.h"

namespace ipclab {

// All schedules without any preemption, then those with one, two and so on to max_preemptions;
// depth first over what is the same in all that follows: the state and who made the last step. What
// was reached with fewer preemptions is not looked at again. A run is given where the way comes to
// an end, to what is known, to max_steps, or to the failure, which is the last.
std::unique_ptr<Search> MakePreemptionBounded(const Program& program, const SearchOptions& options);

}  // namespace ipclab
