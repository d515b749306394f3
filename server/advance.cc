#include "server/advance.h"

#include <algorithm>
#include <limits>

#include "server/durations.h"
#include "server/warm_up.h"

namespace ipclab {
namespace {

// Round trips of the cache-line control before and after a run.
constexpr int kControlRounds = 512;

// Between the windows of the warm-up and what counts workers have slept for a moment.
constexpr int64_t kReheat = 100;

// Of a census: enough for a mean, and over in a moment.
constexpr int64_t kCensusMessages = 1000;
constexpr absl::Duration kCensusTime = absl::Milliseconds(100);
constexpr double kSlowestCensus = 20;  // messages due in a second

int64_t WarmUpInLeg(const v1::MeasureSpec& measure) {
  if (measure.has_warm_up_messages()) return measure.warm_up_messages();
  return std::min(kReheat, WarmUpWindow(measure));
}

}  // namespace

bool IsThere(const Advance& advance, const Position& position) {
  return advance.until.has_value() && position.step >= *advance.until;
}

LegPlan PlanLeg(const v1::MeasureSpec& measure, const Advance& advance, const Position& position) {
  using Response = v1::StepExperimentResponse;
  constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();
  LegPlan plan = {{}, Response::DONE};
  int64_t messages = measure.has_messages() ? measure.messages() - position.step : kNoLimit;
  if (advance.until && *advance.until - position.step < messages) {
    messages = *advance.until - position.step;
    plan.course = Response::UNTIL;
  }
  if (advance.count && *advance.count < messages) {
    messages = *advance.count;
    plan.course = Response::COUNT;
  }
  // In a leg 0 is no limit, so what is a limit is at least 1.
  if (messages < kNoLimit) plan.leg.set_messages(std::max<int64_t>(1, messages));
  if (advance.step) return plan;
  plan.leg.set_warm_up(WarmUpInLeg(measure));
  plan.leg.set_control_rounds(kControlRounds);
  if (!measure.has_messages()) {
    const absl::Duration left = FromProto(measure.duration()) - position.free_time;
    plan.leg.set_duration_nanos(std::max<int64_t>(1, absl::ToInt64Nanoseconds(left)));
  }
  return plan;
}

std::optional<internal::Leg> CensusLeg(const v1::MeasureSpec& measure) {
  if (measure.has_load() && measure.load().per_second() < kSlowestCensus) return std::nullopt;
  internal::Leg leg;
  leg.set_census(true);
  leg.set_messages(std::min(kCensusMessages, WarmUpWindow(measure)));
  leg.set_duration_nanos(absl::ToInt64Nanoseconds(kCensusTime));
  return leg;
}

int BatchOf(const v1::MeasureSpec& measure, int64_t typical_nanos, double clock_cost_nanos) {
  constexpr double kCoarse = 5;  // what is timed takes this many times what the timing does
  constexpr int kMost = 64;
  if (measure.pattern() != v1::Pattern::ROUND_TRIP || measure.has_load()) return 1;
  int batch = 1;
  while (batch < kMost && batch * static_cast<double>(std::max<int64_t>(typical_nanos, 1)) <
                              kCoarse * clock_cost_nanos) {
    batch *= 2;
  }
  return batch;
}

v1::StepExperimentResponse::Stopped WhyStopped(const v1::MeasureSpec& measure,
                                               const Advance& advance, const LegPlan& plan,
                                               const Position& position, bool paused) {
  using Response = v1::StepExperimentResponse;
  const bool timed = !measure.has_messages() && !advance.step;
  if (timed && position.free_time >= FromProto(measure.duration())) return Response::DONE;
  if (!paused) return plan.course;
  if (measure.has_messages() && position.step >= measure.messages()) return Response::DONE;
  return IsThere(advance, position) ? Response::UNTIL : Response::PAUSED;
}

}  // namespace ipclab
