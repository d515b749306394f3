#include "server/experiment.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/durations.h"
#include "server/ends.h"
#include "server/errors.h"
#include "server/warnings.h"
#include "spdlog/spdlog.h"

namespace ipclab {
namespace {

using E = v1::Experiment;

// Round trips of the cache-line control before and after a run.
constexpr int kControlRounds = 512;
// A sequence number and a stamp.
constexpr int64_t kStampedBytes = 16;

absl::Status WrongState(const std::string& name, ExperimentState state, std::string_view advice) {
  return PreconditionFailed(
      {{"EXPERIMENT_STATE", name,
        absl::StrCat(name, " is ", E::State_Name(state), "; ", std::string(advice))}});
}

}  // namespace

Experiment::Experiment(EventLoop& loop, Surroundings& surroundings, uint64_t number,
                       std::string name, std::string uid, ExperimentPlan plan,
                       const v1::Environment& environment)
    : loop_(loop),
      surroundings_(surroundings),
      number_(number),
      plan_(std::move(plan)),
      environment_(environment),
      events_(std::make_shared<EventFeed>(loop, [this] { return record_; })),
      metrics_(std::make_shared<MetricsFeed>(loop, [this] { return ReadMetrics(); })) {
  record_.set_name(std::move(name));
  record_.set_uid(std::move(uid));
  *record_.mutable_spec() = plan_.spec;
  record_.set_state(E::STARTING);
  *record_.mutable_create_time() = ProtoNow();
  *record_.mutable_update_time() = record_.create_time();
  for (size_t i = 0; i < plan_.roles.size(); ++i) {
    v1::Worker& worker = *record_.add_workers();
    worker.set_index(static_cast<int32_t>(i));
    worker.set_role(RoleName(plan_.roles[i]));
    worker.set_cpu(plan_.cpus[i]);
  }
}

Experiment::Experiment(EventLoop& loop, Surroundings& surroundings, v1::Experiment record)
    : loop_(loop),
      surroundings_(surroundings),
      record_(std::move(record)),
      committed_(true),
      events_(std::make_shared<EventFeed>(loop, [this] { return record_; })),
      metrics_(std::make_shared<MetricsFeed>(loop, [this] { return ReadMetrics(); })) {
  events_->Close();
  metrics_->Close();
}

Experiment::~Experiment() {
  const absl::Status deleted =
      ResourceNotFound("ipclab.v1.Experiment", name(), "it was deleted while it was watched");
  events_->Abort(deleted);
  metrics_->Abort(deleted);
}

void Experiment::Start(Zygote& zygote, internal::Spawn spawn) {
  crew_ = std::make_unique<Crew>(loop_, zygote, std::move(spawn), *this, Crew::Limits());
  crew_->Start();
}

void Experiment::OnCommitted() {
  committed_ = true;
  BecomeReady();
}

void Experiment::OnStarted(const std::vector<int>& pids) {
  for (size_t i = 0; i < pids.size(); ++i) {
    record_.mutable_workers(static_cast<int>(i))->set_pid(pids[i]);
  }
}

void Experiment::OnConnected() {
  connected_ = true;
  BecomeReady();
}

void Experiment::BecomeReady() {
  if (!committed_ || !connected_ || state() != E::STARTING) return;
  MoveTo(E::READY);
  if (plan_.spec.start() == v1::ExperimentSpec::RUN && !action_) action_ = Action{};
  if (action_) Act();
}

absl::Status Experiment::CheckMayAct() const {
  if (ended() || state() == E::STOPPING) {
    return WrongState(name(), state(), "create another one");
  }
  if (action_) {
    return WrongState(name(), state(),
                      action_->step ? "wait for its step to end, or cancel it"
                                    : "it runs already; watch it, or cancel it");
  }
  return absl::OkStatus();
}

absl::Status Experiment::Run() {
  if (action_ && !action_->step) return absl::OkStatus();  // asked for already
  if (absl::Status status = CheckMayAct(); !status.ok()) return status;
  action_ = Action{};
  if (state() != E::STARTING) Act();
  return absl::OkStatus();
}

void Experiment::Step(int64_t count, StepReply reply) {
  if (absl::Status status = CheckMayAct(); !status.ok()) return reply(status);
  action_ = Action{true, count, std::move(reply)};
  if (state() != E::STARTING) Act();
}

void Experiment::Act() {
  has_lease_ = surroundings_.LeaseCpus(*this);
  if (has_lease_) return BeginLeg();
  MoveTo(E::PENDING, absl::StrCat("waits for ", surroundings_.WhatItWaitsFor(*this)));
}

void Experiment::OnCpus() {
  has_lease_ = true;
  BeginLeg();
}

int64_t Experiment::RemainingMessages() const {
  return plan_.spec.measure().messages() - record_.step();
}

// The workers are sent off before everything that nobody waits for.
void Experiment::BeginLeg() {
  const v1::MeasureSpec& measure = plan_.spec.measure();
  internal::Leg leg;
  if (action_->step) {
    leg.set_messages(measure.has_messages() ? std::min(action_->count, RemainingMessages())
                                            : action_->count);
  } else {
    leg.set_warm_up(measure.warm_up_messages());
    leg.set_control_rounds(kControlRounds);
    if (measure.has_messages()) {
      leg.set_messages(RemainingMessages());
    } else {
      leg.set_duration_nanos(absl::ToInt64Nanoseconds(FromProto(measure.duration())));
    }
  }
  in_leg_ = true;
  last_was_step_ = action_->step;
  leg_start_ = MonotonicNow();
  crew_->StartLeg(leg);
  last_progress_time_ = leg_start_;
  if (plan_.spec.has_time_limit()) {
    const absl::Duration limit = FromProto(plan_.spec.time_limit());
    time_limit_timer_ = loop_.After(limit - time_used_, [this, limit] {
      time_limit_timer_ = 0;
      Stop(MakeEnd(v1::End::TIMEOUT, "TIME_LIMIT",
                   absl::StrCat("the time limit of ", absl::FormatDuration(limit), " ran out")));
    });
  }
  MoveTo(E::RUNNING);
}

// The workers are parked again, or dead: what they counted is moved from the pages to here.
void Experiment::EndLeg() {
  if (!in_leg_) return;
  in_leg_ = false;
  time_used_ += MonotonicNow() - leg_start_;
  loop_.CancelTimer(std::exchange(time_limit_timer_, 0));
}

void Experiment::OnLegDone() {
  EndLeg();
  const Figures figures = ReadFigures(crew_->pages(), plan_.roles);
  record_.set_step(record_.step() + figures.messages());
  (action_->step ? stepped_ : free_).Merge(figures);
  if (std::exchange(has_lease_, false)) surroundings_.ReturnCpus(*this);
  if (action_->step) return FinishStep(figures);
  const ControlPage& page = ControlPageOf(crew_->pages());
  control_before_nanos_ = page.control_before_nanos;
  control_after_nanos_ = page.control_after_nanos;
  action_.reset();
  MoveTo(E::STOPPING, "all is done");
  crew_->Finish();
}

void Experiment::FinishStep(const Figures& figures) {
  v1::StepExperimentResponse response;
  const bool done = plan_.spec.measure().has_messages() && RemainingMessages() <= 0;
  response.set_stopped(done ? v1::StepExperimentResponse::DONE : v1::StepExperimentResponse::COUNT);
  response.set_steps(figures.messages());
  response.set_step(record_.step());
  *response.mutable_metrics() = MetricsOf(figures, true);
  response.mutable_metrics()->set_sequence(++metrics_sequence_);
  // The one who waits comes first. Nobody sees the state between: this is the only writer.
  std::exchange(action_->reply, nullptr)(response);
  action_.reset();
  for (v1::Latency& latency : *response.mutable_metrics()->mutable_latencies()) {
    latency.clear_histogram();  // the log keeps many of these
  }
  v1::ExperimentEvent event;
  *event.mutable_step_done() = std::move(response);
  events_->Append(std::move(event));
  if (done) {
    MoveTo(E::STOPPING, "all is done");
    crew_->Finish();
  } else {
    MoveTo(E::PAUSED);
  }
}

void Experiment::OnWorkerEnd(int index, const v1::End& end) {
  v1::Worker& worker = *record_.mutable_workers(index);
  *worker.mutable_end() = end;
  v1::ExperimentEvent event;
  *event.mutable_worker_end() = worker;
  events_->Append(std::move(event));
}

void Experiment::Cancel(Reply reply) {
  if (state() == E::CANCELLED) return reply(record_);
  if (ended()) return reply(WrongState(name(), state(), "there is nothing to cancel"));
  cancel_replies_.push_back(std::move(reply));
  Stop(MakeEnd(v1::End::KILLED_BY_LAB, "CANCELLED", "it was cancelled"));
}

void Experiment::Abort(std::string_view reason, std::string_view message) {
  if (!ended()) Stop(MakeEnd(v1::End::SERVER, reason, message));
}

void Experiment::Stop(const v1::End& cause) {
  const bool stopping = state() == E::STOPPING;
  if (!stopping) MoveTo(E::STOPPING, cause.message());
  if (crew_) {
    crew_->Kill(cause);
  } else if (!stopping) {
    loop_.Post([this, cause] { OnGone(cause); });  // it was never started
  }
}

void Experiment::CheckProgress(absl::Duration stall_limit) {
  if (state() != E::RUNNING || !crew_) return;
  const uint64_t progress = crew_->Progress();
  const absl::Time now = MonotonicNow();
  if (progress != last_progress_) {
    last_progress_ = progress;
    last_progress_time_ = now;
  } else if (now - last_progress_time_ >= stall_limit) {
    Stop(MakeEnd(v1::End::TIMEOUT, "NO_PROGRESS",
                 absl::StrCat("no worker made progress for ", absl::FormatDuration(stall_limit))));
  }
}

void Experiment::OnGone(const v1::End& cause) {
  if (state() != E::STOPPING) MoveTo(E::STOPPING, cause.message());
  if (in_leg_ && crew_->pages()) {  // ended in the middle: what was measured until then is kept
    const Figures figures = ReadFigures(crew_->pages(), plan_.roles);
    if (figures.messages() > 0) {
      record_.set_step(record_.step() + figures.messages());
      (last_was_step_ ? stepped_ : free_).Merge(figures);
    }
  }
  EndLeg();
  crew_.reset();
  surroundings_.ReturnCpus(*this);
  has_lease_ = false;
  *record_.mutable_end() = cause;
  FillResult();
  FailAction();
  final_record_ = record_;
  ExperimentState outcome = E::FAILED;
  if (cause.class_() == v1::End::OK) outcome = E::SUCCEEDED;
  if (cause.class_() == v1::End::SERVER) outcome = E::ABORTED;
  if (cause.class_() == v1::End::KILLED_BY_LAB) outcome = E::CANCELLED;
  final_record_.set_state(outcome);
  *final_record_.mutable_end_time() = ProtoNow();
  *final_record_.mutable_update_time() = final_record_.end_time();
  surroundings_.OnAllGone(*this);
}

void Experiment::FailCommit(const absl::Status& error) {
  final_record_.set_state(E::FAILED);
  *final_record_.mutable_end() =
      MakeEnd(v1::End::SERVER, "STORE",
              absl::StrCat("the result could not be kept: ", std::string(error.message())));
}

void Experiment::Conclude() {
  const ExperimentState outcome = final_record_.state();
  const ExperimentState before = record_.state();
  if (!CanMove(before, outcome)) std::abort();
  record_ = std::move(final_record_);
  final_record_.Clear();
  v1::ExperimentEvent event;
  event.mutable_state_change()->set_from(before);
  event.mutable_state_change()->set_to(outcome);
  event.mutable_state_change()->set_reason(record_.end().message());
  events_->Append(std::move(event));
  events_->Close();
  metrics_->Close();
  spdlog::info("{} {} {}", name(), E::State_Name(outcome), record_.end().message());
  for (const Reply& reply : std::exchange(cancel_replies_, {})) reply(record_);
}

void Experiment::FailAction() {
  if (!action_) return;
  const StepReply reply = std::move(action_->reply);
  action_.reset();
  if (!reply) return;
  reply(ErrorWithReason(absl::StatusCode::kAborted, "EXPERIMENT_ENDED",
                        absl::StrCat(name(), " ended during the step: ", record_.end().message()),
                        {{"class", v1::End::Class_Name(record_.end().class_())},
                         {"reason", record_.end().reason()}}));
}

void Experiment::MoveTo(ExperimentState to, std::string_view reason) {
  const ExperimentState from = state();
  if (!CanMove(from, to)) {
    spdlog::critical("{}: no move from {} to {}", name(), E::State_Name(from), E::State_Name(to));
    std::abort();
  }
  record_.set_state(to);
  *record_.mutable_update_time() = ProtoNow();
  spdlog::debug("{} {} {}", name(), E::State_Name(to), reason);
  v1::ExperimentEvent event;
  event.mutable_state_change()->set_from(from);
  event.mutable_state_change()->set_to(to);
  event.mutable_state_change()->set_reason(std::string(reason));
  events_->Append(std::move(event));
}

std::string Experiment::OneWayAbsent() const {
  if (record_.spec().measure().message_bytes() < kStampedBytes) {
    return absl::StrCat("a message must have ", kStampedBytes,
                        " bytes to carry the sender's stamp");
  }
  if (!environment_.clock_synchronised()) return "the clocks of this host's CPUs disagree";
  return "nothing was received yet";
}

v1::Metrics Experiment::MetricsOf(const Figures& figures, bool stepped) const {
  return ToMetrics(figures, record_.spec().measure().pattern(), name(), stepped, OneWayAbsent());
}

v1::Metrics Experiment::ReadMetrics() {
  // Also while the end is being committed: a snapshot with a later sequence would go before the
  // last.
  if (record_.has_result()) {
    return record_.result().has_metrics() ? record_.result().metrics()
                                          : record_.result().stepped_metrics();
  }
  Figures figures = last_was_step_ ? stepped_ : free_;
  if (in_leg_ && crew_ && crew_->pages()) {
    figures.Merge(ReadFigures(crew_->pages(), plan_.roles));
  }
  v1::Metrics metrics = MetricsOf(figures, last_was_step_);
  metrics.set_sequence(++metrics_sequence_);
  return metrics;
}

void Experiment::FillResult() {
  if (free_.empty() && stepped_.empty()) return;
  v1::Result& result = *record_.mutable_result();
  if (!free_.empty()) {
    *result.mutable_metrics() = MetricsOf(free_, false);
    result.mutable_metrics()->set_sequence(++metrics_sequence_);
  }
  if (!stepped_.empty()) {
    *result.mutable_stepped_metrics() = MetricsOf(stepped_, true);
    result.mutable_stepped_metrics()->set_sequence(++metrics_sequence_);
  }
  result.set_control_before_nanos(control_before_nanos_);
  result.set_control_after_nanos(control_after_nanos_);
  *result.mutable_environment() = environment_;
  AddWarnings(record_, plan_.cpu_relation, result);
}

}  // namespace ipclab
