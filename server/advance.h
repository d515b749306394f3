// How far an experiment's workers are to go next, and why they stopped where they did. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "ipclab/internal/control.pb.h"
#include "ipclab/v1/experiment.pb.h"
#include "ipclab/v1/experiment_service.pb.h"

namespace ipclab {

// A step, or a free run.
struct Advance {
  bool step = false;
  std::optional<int64_t> count = {};  // at most so many messages
  std::optional<int64_t> until = {};  // no further than this step of the experiment
};

// Where an experiment is: messages in all, and time of counted free running.
struct Position {
  int64_t step = 0;
  absl::Duration free_time;
};

// True when there is nothing to do to get there.
bool IsThere(const Advance& advance, const Position& position);

// A leg, and why it stops if nobody stops it. Messages may be lost on the way, so where it ends
// does not tell.
struct LegPlan {
  internal::Leg leg;
  v1::StepExperimentResponse::Stopped course;
};

// The leg that takes the workers there; not when they are there or the measurement is over. Of
// several limits that are equally near the end of the measurement counts first, then until.
LegPlan PlanLeg(const v1::MeasureSpec& measure, const Advance& advance, const Position& position);

// The leg after the last one that counts, in which it is counted what a message costs. None where
// messages are so rare that it would be waited for.
std::optional<internal::Leg> CensusLeg(const v1::MeasureSpec& measure);

// How many round trips are to be timed together where one takes typical_nanos: so many that reading
// the clock does not matter. 1 where the pattern cannot.
int BatchOf(const v1::MeasureSpec& measure, int64_t typical_nanos, double clock_cost_nanos);

// Why the leg that has just ended at position did; paused says that the workers were told to stop,
// which may have come too late.
v1::StepExperimentResponse::Stopped WhyStopped(const v1::MeasureSpec& measure,
                                               const Advance& advance, const LegPlan& plan,
                                               const Position& position, bool paused);

}  // namespace ipclab
