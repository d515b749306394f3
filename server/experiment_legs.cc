// The part of an experiment that sends its workers off and takes in what they did: a step is one
// leg; a run is windows of warm-up, the leg that counts, and a census once all is done.

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/durations.h"
#include "server/ends.h"
#include "server/experiment.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using Response = v1::StepExperimentResponse;

// How long a slice of the run is: short runs have ten.
absl::Duration SliceLength(const v1::MeasureSpec& measure) {
  constexpr absl::Duration kUsual = absl::Milliseconds(100);
  constexpr absl::Duration kShortest = absl::Milliseconds(20);
  if (!measure.has_duration()) return kUsual;
  return std::clamp(FromProto(measure.duration()) / 10, kShortest, kUsual);
}

}  // namespace

void Experiment::Act() {
  has_lease_ = surroundings_.LeaseCpus(*this);
  if (has_lease_) return BeginAction();
  MoveTo(E::PENDING, absl::StrCat("waits for ", surroundings_.WhatItWaitsFor(*this)));
}

void Experiment::OnCpus() {
  has_lease_ = true;
  BeginAction();
}

// The workers are sent off before everything that nobody waits for.
void Experiment::BeginAction() {
  warm_up_.reset();
  if (!action_->advance.step && IsWarmUpWatched(measure())) {
    warm_up_.emplace(measure(), TimeToSpare());
  }
  BeginNextLeg();
  MoveTo(E::RUNNING);
}

// What a time limit leaves beside what counts: half of it may go to the warm-up.
absl::Duration Experiment::TimeToSpare() const {
  if (!plan_.spec.has_time_limit()) return absl::InfiniteDuration();
  const absl::Duration left = FromProto(plan_.spec.time_limit()) - time_used_;
  const absl::Duration counted = FromProto(measure().duration()) - ledger_.free_time();
  return std::max((left - std::max(counted, absl::ZeroDuration())) / 2, absl::ZeroDuration());
}

void Experiment::BeginNextLeg() {
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

void Experiment::BeginLeg(LegKind kind, internal::Leg leg) {
  leg.set_number(ledger_.BeginLeg(kind));
  crew_->StartLeg(leg);
  leg_start_ = last_progress_time_ = MonotonicNow();
  // Before a census all is done, and it is soon over.
  if (!plan_.spec.has_time_limit() || kind == LegKind::kCensus) return;
  const absl::Duration limit = FromProto(plan_.spec.time_limit());
  time_limit_timer_ = loop_.After(limit - time_used_, [this, limit] {
    time_limit_timer_ = 0;
    Stop(MakeEnd(v1::End::TIMEOUT, "TIME_LIMIT",
                 absl::StrCat("the time limit of ", absl::FormatDuration(limit), " ran out")));
  });
}

void Experiment::CutSlices() {
  slice_timer_ = loop_.After(SliceLength(measure()), [this] {
    ledger_.CutSlice(crew_->pages());
    CutSlices();
  });
}

// The workers are parked again, or dead: what they counted is moved from the pages to the ledger.
Figures Experiment::EndLeg() {
  if (!ledger_.in_leg()) return {};
  leg_time_ = MonotonicNow() - leg_start_;
  time_used_ += leg_time_;
  loop_.CancelTimer(std::exchange(time_limit_timer_, 0));
  loop_.CancelTimer(std::exchange(slice_timer_, 0));
  const bool is_run = ledger_.leg_kind() == LegKind::kRun;
  Figures figures = ledger_.EndLeg(crew_->pages());
  record_.set_step(record_.step() + ledger_.leg_steps());
  if (is_run) EndRun(figures);
  return figures;
}

void Experiment::EndRun(const Figures& figures) {
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

void Experiment::OnLegDone() {
  const LegKind kind = *ledger_.leg_kind();
  Figures figures = EndLeg();
  if (kind == LegKind::kWarmUp) {
    warm_up_->Add(figures, leg_time_);
    if (!pausing_) return BeginNextLeg();
  }
  const auto why = kind == LegKind::kWarmUp ? Response::PAUSED
                   : kind == LegKind::kCensus
                       ? Response::DONE
                       : WhyStopped(measure(), action_->advance, leg_plan_, position(), pausing_);
  if (kind == LegKind::kRun && why == Response::DONE && !pausing_) {
    if (auto census = CensusLeg(measure())) return BeginLeg(LegKind::kCensus, *std::move(census));
  }
  pausing_ = false;
  if (std::exchange(has_lease_, false)) surroundings_.ReturnCpus(*this);
  if (action_->advance.step) {
    FinishStep(std::move(figures), why);
  } else {
    action_.reset();
    Park(why == Response::DONE);
  }
  if (state() == E::PAUSED) AnswerPauses();
}

// The one who waits comes first, and the log after. Nobody sees the state between: this is the only
// writer.
void Experiment::FinishStep(Figures figures, Response::Stopped why) {
  Response response;
  response.set_stopped(why);
  response.set_steps(ledger_.leg_steps());
  response.set_step(record_.step());
  *response.mutable_metrics() = ledger_.StepMetrics(figures);
  std::exchange(action_->reply, nullptr)(std::move(response));
  action_.reset();
  events_->AppendMade([why, steps = ledger_.leg_steps(), step = record_.step(),
                       summary = ledger_.StepSummary(std::move(figures))] {
    v1::ExperimentEvent event;
    Response& done = *event.mutable_step_done();
    done.set_stopped(why);
    done.set_steps(steps);
    done.set_step(step);
    *done.mutable_metrics() = summary();
    return event;
  });
  Park(why == Response::DONE);
}

void Experiment::Park(bool done) {
  if (!done) return MoveTo(E::PAUSED);
  MoveTo(E::STOPPING, "all is done");
  crew_->Finish();
}

}  // namespace ipclab
