// Every schedule of a program over the graph of its states, each of which is looked at once:
// Reduction::kStates.
#pragma once

#include <memory>

#include "common/explore/search.h"

namespace ipclab {

// Depth first; a run is given where the way comes to an end or to a known state, so that the runs
// together make every step that is possible in every state. max_steps is not looked at: nothing is
// longer than there are states.
std::unique_ptr<Search> MakeStateSearch(const Program& program, const SearchOptions& options);

}  // namespace ipclab
