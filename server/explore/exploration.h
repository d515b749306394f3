// One exploration from its beginning to its end, on the thread that calls: the search, beside it
// the runs on processes if they were asked for, and what there is to tell of it meanwhile.
#pragma once

#include <functional>
#include <stop_token>

#include "absl/status/statusor.h"
#include "ipclab/v1/explore.pb.h"
#include "server/explore/await_runs.h"
#include "server/explore/explore_plan.h"

namespace ipclab {

// Tells of progress, and of a finding as soon as there is one; returns what it all came to.
// start_runs may be empty unless the plan is for REAL. CANCELLED soon after a stop is requested;
// else what was wrong with the runs on processes.
absl::StatusOr<v1::Exploration> Explore(const ExplorePlan& plan, const StartRuns& start_runs,
                                        const std::stop_token& stop,
                                        const std::function<void(v1::ExploreEvent)>& tell);

}  // namespace ipclab
