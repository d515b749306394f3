#include "server/measure_work.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/durations.h"
#include "server/errors.h"

namespace ipclab {
namespace {

using Response = v1::StepExperimentResponse;

// How long a slice of the run is: short runs have ten.
absl::Duration SliceLength(const v1::MeasureSpec& measure) {
  constexpr absl::Duration kUsual = absl::Milliseconds(100);
  constexpr absl::Duration kShortest = absl::Milliseconds(20);
  if (!measure.has_duration()) return kUsual;
  return std::clamp(FromProto(measure.duration()) / 10, kShortest, kUsual);
}

std::optional<int64_t> PointOf(const v1::Until& until) {
  if (!until.has_step()) return std::nullopt;
  return until.step();
}

// What is of programs alone.
template <class Request>
absl::Status CheckForMeasure(const Request& request, bool free) {
  constexpr char kOfPrograms[] = "is of programs, and this experiment measures: leave it out";
  std::vector<FieldViolation> wrong;
  if (request.has_choice()) wrong.push_back({"choice", kOfPrograms});
  if (free) wrong.push_back({"free", kOfPrograms});
  const v1::Until& until = request.until();
  if (until.point_case() != v1::Until::kStep && until.point_case() != v1::Until::POINT_NOT_SET) {
    wrong.push_back({"until", absl::StrCat("that point ", kOfPrograms, ", or name a step")});
  }
  return wrong.empty() ? absl::OkStatus() : InvalidRequest(wrong);
}

}  // namespace

MeasureWork::MeasureWork(EventLoop& loop, Place& place, const std::string& name,
                         const ExperimentPlan& plan, const v1::Environment& environment,
                         HiccupClock& hiccups)
    : loop_(loop),
      place_(place),
      plan_(plan),
      ledger_(name, plan, environment),
      run_load_(hiccups) {}

MeasureWork::~MeasureWork() { loop_.CancelTimer(slice_timer_); }

bool MeasureWork::IsSame(const v1::RunExperimentRequest& request) const {
  return action_ && !action_->advance.step && action_->advance.until == PointOf(request.until());
}

absl::Status MeasureWork::OrderRun(const v1::RunExperimentRequest& request) {
  const absl::Status status = CheckForMeasure(request, request.free());
  if (!status.ok()) return status;
  const Advance advance = {.until = PointOf(request.until())};
  if (!IsThere(advance, position())) action_ = Action{advance, nullptr};
  return absl::OkStatus();
}

absl::Status MeasureWork::OrderRewind(int64_t) {
  return PreconditionFailed({{"NO_PROGRAM", place_.record().name(),
                              "what was measured cannot be undone; only a program is rewound"}});
}

void MeasureWork::OrderStep(const v1::StepExperimentRequest& request, StepReply reply) {
  const absl::Status status = CheckForMeasure(request, /*free=*/false);
  if (!status.ok()) return reply(status);
  std::optional<int64_t> count;
  if (request.count() > 0) count = request.count();
  if (!count && !request.has_until()) count = 1;
  action_ =
      Action{{.step = true, .count = count, .until = PointOf(request.until())}, std::move(reply)};
  if (IsThere(action_->advance, position())) Drop();
}

// What was asked for and has not begun is over before it began.
void MeasureWork::Drop() {
  if (!action_) return;
  const StepReply reply = std::move(action_->reply);
  const bool there = IsThere(action_->advance, position());
  action_.reset();
  if (!reply) return;
  Response response;
  response.set_stopped(there ? Response::UNTIL : Response::PAUSED);
  response.set_step(place_.step());
  reply(std::move(response));
}

void MeasureWork::Fail(const absl::Status& status) {
  if (!action_) return;
  const StepReply reply = std::move(action_->reply);
  action_.reset();
  if (reply) reply(status);
}

void MeasureWork::Begin() {
  warm_up_.reset();
  if (!action_->advance.step && IsWarmUpWatched(measure())) {
    warm_up_.emplace(measure(), TimeToSpare());
  }
  BeginNextLeg();
}

// What a time limit leaves beside what counts: half of it may go to the warm-up.
absl::Duration MeasureWork::TimeToSpare() const {
  const absl::Duration left = place_.time().left();
  if (left == absl::InfiniteDuration()) return left;
  const absl::Duration counted = FromProto(measure().duration()) - ledger_.free_time();
  return std::max((left - std::max(counted, absl::ZeroDuration())) / 2, absl::ZeroDuration());
}

void MeasureWork::BeginNextLeg() {
  if (warm_up_ && !warm_up_->over()) return BeginLeg(LegKind::kWarmUp, warm_up_->NextWindow());
  leg_plan_ = PlanLeg(measure(), action_->advance, position());
  if (action_->advance.step) return BeginLeg(LegKind::kStep, leg_plan_.leg);
  const int64_t typical = warm_up_ ? warm_up_->newest_nanos() : 0;
  // Found once: values of one experiment are all of as many round trips.
  if (typical > 0 && batch_ == 0) {
    batch_ = BatchOf(measure(), typical, ledger_.clock_cost_nanos());
  }
  leg_plan_.leg.set_batch(batch_);
  BeginLeg(LegKind::kRun, leg_plan_.leg);
  run_load_.Begin();
  CutSlices();
}

void MeasureWork::BeginLeg(LegKind kind, internal::Leg leg) {
  leg.set_number(ledger_.BeginLeg(kind));
  place_.crew()->StartLeg(leg);
  // Before a census all is done, and it is soon over.
  place_.time().BeginLeg(/*limited=*/kind != LegKind::kCensus);
}

void MeasureWork::CutSlices() {
  slice_timer_ = loop_.After(SliceLength(measure()), [this] {
    ledger_.CutSlice(place_.crew()->pages());
    CutSlices();
  });
}

// The workers are parked again, or dead: what they counted is moved from the pages to the ledger.
Figures MeasureWork::EndLeg() {
  if (!ledger_.in_leg()) return {};
  leg_time_ = place_.time().EndLeg();
  loop_.CancelTimer(std::exchange(slice_timer_, 0));
  const bool is_run = ledger_.leg_kind() == LegKind::kRun;
  Figures figures = ledger_.EndLeg(place_.crew()->pages());
  place_.SetStep(place_.step() + ledger_.leg_steps());
  if (is_run) EndRun(figures);
  return figures;
}

void MeasureWork::EndRun(const Figures& figures) {
  std::map<int, int64_t> own;
  for (size_t i = 0; i < figures.workers.size(); ++i) {
    const v1::Counters& counters = figures.workers[i].counters;
    own[plan_.cpus[i]] += counters.cpu_user_nanos() + counters.cpu_system_nanos();
  }
  run_load_.End(own);
  ledger_.SetHostLoad(run_load_.ToProto());
  v1::WarmUp warm_up = warm_up_ ? warm_up_->ToProto() : v1::WarmUp();
  warm_up.set_messages(warm_up.messages() + leg_plan_.leg.warm_up());
  ledger_.SetWarmUp(std::move(warm_up));
}

Work::LegEnd MeasureWork::OnLegDone(bool pausing) {
  const LegKind kind = *ledger_.leg_kind();
  figures_ = EndLeg();
  if (kind == LegKind::kWarmUp) {
    warm_up_->Add(figures_, leg_time_);
    if (!pausing) {
      BeginNextLeg();
      return LegEnd::kGoesOn;
    }
  }
  why_ = kind == LegKind::kWarmUp ? Response::PAUSED
         : kind == LegKind::kCensus
             ? Response::DONE
             : WhyStopped(measure(), action_->advance, leg_plan_, position(), pausing);
  if (kind == LegKind::kRun && why_ == Response::DONE && !pausing) {
    if (auto census = CensusLeg(measure())) {
      BeginLeg(LegKind::kCensus, *std::move(census));
      return LegEnd::kGoesOn;
    }
  }
  return why_ == Response::DONE ? LegEnd::kDone : LegEnd::kParked;
}

// The one who waits comes first, and the log after. Nobody sees the state between: this is the only
// writer.
void MeasureWork::Answer() {
  const StepReply reply = std::exchange(action_, std::nullopt)->reply;
  Figures figures = std::exchange(figures_, {});
  if (!reply) return;
  Response response;
  response.set_stopped(why_);
  response.set_steps(ledger_.leg_steps());
  response.set_step(place_.step());
  *response.mutable_metrics() = ledger_.StepMetrics(figures);
  reply(std::move(response));
  place_.events().AppendMade([why = why_, steps = ledger_.leg_steps(), step = place_.step(),
                              summary = ledger_.StepSummary(std::move(figures))] {
    v1::ExperimentEvent event;
    Response& done = *event.mutable_step_done();
    done.set_stopped(why);
    done.set_steps(steps);
    done.set_step(step);
    *done.mutable_metrics() = summary();
    return event;
  });
}

void MeasureWork::CutShort() {
  const bool in_census = ledger_.leg_kind() == LegKind::kCensus;
  if (place_.crew() && place_.crew()->pages()) EndLeg();
  if (in_census) ledger_.DropCensus();
}

v1::Metrics MeasureWork::ReadMetrics() {
  return ledger_.Now(place_.crew() ? place_.crew()->pages() : nullptr);
}

std::optional<v1::Result> MeasureWork::ToResult(const v1::Experiment& experiment) {
  return ledger_.ToResult(experiment);
}

}  // namespace ipclab
