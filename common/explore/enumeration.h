// Every schedule of a program by itself, depth first over copies of the state: Reduction::kNone.
// Nothing is left out and nothing is clever.
#pragma once

#include <memory>

#include "common/explore/search.h"

namespace ipclab {

// Each run is a schedule to its end, or to max_steps. Takes memory for the longest of them and for
// the distinct states in which they end.
std::unique_ptr<Search> MakeEnumeration(const Program& program, const SearchOptions& options);

}  // namespace ipclab
