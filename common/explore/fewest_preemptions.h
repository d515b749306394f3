// The failing schedule with the fewest preemptions, of those one with the fewest steps, over the
// graph of a program's states.
#pragma once

#include <optional>
#include <vector>

#include "common/explore/state_space.h"
#include "common/program/schedule.h"

namespace ipclab {

struct LeastFailure {
  int preemptions = 0;
  std::vector<Choose> steps;  // up to the one that fails
};

// Absent when no state of the graph has failed. Looks at the steps that were walked.
std::optional<LeastFailure> FindFewestPreemptions(const StateSpace& graph);

}  // namespace ipclab
