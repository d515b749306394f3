// Waits, on a thread that may, for the runs on processes that an exploration asked for.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "absl/status/statusor.h"
#include "server/explore/explore_plan.h"
#include "server/explore/real_runs.h"

namespace ipclab {

// Starts workers for the program and calls reply once, on any thread: with the runs as soon as they
// can be made, or with why there are none. Called on any thread; the engine's is for the strand.
using RunsReply = std::function<void(absl::StatusOr<std::shared_ptr<RealRuns>>)>;
using StartRuns = std::function<void(const v1::ProgramSpec& program, RunsReply reply)>;

// CANCELLED once a stop is requested; what is started all the same is
// stopped then.
absl::StatusOr<std::shared_ptr<RealRuns>> AwaitRuns(const ExplorePlan& plan,
                                                    const StartRuns& start_runs,
                                                    const std::stop_token& stop);

}  // namespace ipclab
