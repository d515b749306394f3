// Some schedules of too many, by lot: SearchMode::kSample.
#pragma once

#include <memory>

#include "common/explore/search.h"

namespace ipclab {

// As many runs as max_schedules says, more than 0, each to its end or to max_steps; the same may
// come again. The same seed gives the same ones. Failures end nothing: what there is of them is
// counted.
std::unique_ptr<Search> MakeSampling(const Program& program, const SearchOptions& options);

}  // namespace ipclab
