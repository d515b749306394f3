// How many schedules a program has, over the graph of its states.
#pragma once

#include <cstdint>
#include <vector>

#include "common/explore/search.h"
#include "common/explore/state_space.h"

namespace ipclab {

// A state where nobody can go on, and the row of its outcome.
struct End {
  uint32_t state;
  uint32_t row;
};

// Adds to the rows how many ways lead from state 0 to their ends. left: all states of a graph
// without cycles, each after all those that it leads to. overflow: a number was too large.
void CountSchedules(const StateSpace& graph, const std::vector<uint32_t>& left,
                    const std::vector<End>& ends, std::vector<OutcomeTally>& rows, bool& overflow);

}  // namespace ipclab
