#include "server/experiment.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/durations.h"
#include "server/ends.h"
#include "server/errors.h"
#include "server/explore/runs_work.h"
#include "server/measure_work.h"
#include "server/program/program_spawn.h"
#include "server/program/program_work.h"
#include "spdlog/spdlog.h"

namespace ipclab {
namespace {

using E = v1::Experiment;

absl::Status WrongState(const std::string& name, ExperimentState state, std::string_view advice) {
  return PreconditionFailed(
      {{"EXPERIMENT_STATE", name,
        absl::StrCat(name, " is ", E::State_Name(state), "; ", std::string(advice))}});
}

std::optional<absl::Duration> TimeLimitOf(const v1::ExperimentSpec& spec) {
  if (!spec.has_time_limit()) return std::nullopt;
  return FromProto(spec.time_limit());
}

}  // namespace

Experiment::Experiment(EventLoop& loop, Surroundings& surroundings, uint64_t number,
                       std::string name, std::string uid, ExperimentPlan plan,
                       const v1::Environment& environment)
    : loop_(loop),
      surroundings_(surroundings),
      number_(number),
      plan_(std::move(plan)),
      lease_(loop, name,
             {[this] { OnControlChange(); },
              [this](v1::Control::OnLoss on_loss) { OnControllerLost(on_loss); }}),
      time_(loop, TimeLimitOf(plan_.spec), [this] { OnTimeOver(); }),
      events_(std::make_shared<EventFeed>(loop, uid, [this] { return Describe(); })),
      metrics_(std::make_shared<MetricsFeed>(loop, [this] { return ReadMetrics(); })) {
  if (plan_.runs) {
    work_ = std::make_unique<RunsWork>(loop, *this, name, plan_);
  } else if (plan_.program) {
    work_ = std::make_unique<ProgramWork>(*this, name, plan_, environment);
  } else {
    work_ = std::make_unique<MeasureWork>(loop, *this, name, plan_, environment,
                                          surroundings.hiccup_clock());
  }
  record_.set_name(std::move(name));
  record_.set_uid(std::move(uid));
  *record_.mutable_spec() = plan_.spec;
  record_.set_state(E::STARTING);
  *record_.mutable_create_time() = ProtoNow();
  *record_.mutable_update_time() = record_.create_time();
  const std::vector<std::string> roles = RolesOf(plan_);
  for (size_t i = 0; i < roles.size(); ++i) {
    v1::Worker& worker = *record_.add_workers();
    worker.set_index(static_cast<int32_t>(i));
    worker.set_role(roles[i]);
    worker.set_cpu(plan_.cpus[i]);
  }
}

Experiment::Experiment(EventLoop& loop, Surroundings& surroundings, v1::Experiment record)
    : loop_(loop),
      surroundings_(surroundings),
      record_(std::move(record)),
      committed_(true),
      lease_(loop, record_.name(), {}),
      time_(loop, std::nullopt, [] {}),
      events_(std::make_shared<EventFeed>(loop, record_.uid(), [this] { return record_; })),
      metrics_(std::make_shared<MetricsFeed>(loop, [this] { return ReadMetrics(); })) {
  if (!record_.spec().has_program()) {
    work_ = std::make_unique<MeasureWork>(loop, *this, record_.name(), plan_, v1::Environment(),
                                          surroundings.hiccup_clock());
  }
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
  crew_ = std::make_unique<Crew>(loop_, zygote, std::move(spawn), *this, Crew::Limits(),
                                 WorkerNamesOf(plan_));
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
  if (!committed_ || !connected_ || state() != E::STARTING || time_.in_leg()) return;
  prepared_ = prepared_ || work_->Prepare();
  if (!prepared_ || state() != E::STARTING) return;
  MoveTo(E::READY);
  const bool run = plan_.spec.start() == v1::ExperimentSpec::RUN && !work_->busy() && !held_;
  if (run) work_->OrderRun({}).IgnoreError();
  if (work_->busy()) Act();
}

void Experiment::Act() {
  if (!work_->NeedsCpus()) return BeginWork();
  has_lease_ = surroundings_.LeaseCpus(*this);
  if (has_lease_) return BeginWork();
  MoveTo(E::PENDING, absl::StrCat("waits for ", surroundings_.WhatItWaitsFor(*this)));
}

void Experiment::OnCpus() {
  has_lease_ = true;
  BeginWork();
}

// The workers are sent off before everything that nobody waits for.
void Experiment::BeginWork() {
  work_->Begin();
  MoveTo(E::RUNNING);
}

void Experiment::OnLegDone() {
  const Work::LegEnd end = work_->OnLegDone(pausing_);
  if (end == Work::LegEnd::kGoesOn) return;
  if (!std::exchange(prepared_, true)) return BecomeReady();
  pausing_ = false;
  if (std::exchange(has_lease_, false)) surroundings_.ReturnCpus(*this);
  work_->Answer();
  Park(end == Work::LegEnd::kDone);
  if (state() == E::PAUSED) AnswerParked();
}

void Experiment::Park(bool done) {
  if (!done) return MoveTo(E::PAUSED);
  MoveTo(E::STOPPING, "all is done");
  work_->Finish();
}

absl::Status Experiment::CheckMayAct() const {
  if (ended() || state() == E::STOPPING) {
    return WrongState(name(), state(), "create another one");
  }
  if (pausing_) return WrongState(name(), state(), "it is being paused; wait until it is PAUSED");
  if (work_->busy()) {
    return WrongState(name(), state(),
                      work_->stepping() ? "wait for its step to end, or pause or cancel it"
                                        : "it runs already; watch it, or pause it first");
  }
  return absl::OkStatus();
}

absl::Status Experiment::Run(const v1::RunExperimentRequest& request) {
  if (!ended() && !pausing_ && work_->IsSame(request)) return absl::OkStatus();
  if (absl::Status status = CheckMayAct(); !status.ok()) return status;
  if (absl::Status status = work_->OrderRun(request); !status.ok()) return status;
  if (!work_->busy()) return absl::OkStatus();
  held_ = false;
  if (state() != E::STARTING) Act();
  return absl::OkStatus();
}

void Experiment::Step(const v1::StepExperimentRequest& request, StepReply reply) {
  if (absl::Status status = CheckMayAct(); !status.ok()) return reply(status);
  work_->OrderStep(request, std::move(reply));
  if (work_->busy() && state() != E::STARTING) Act();
}

void Experiment::Pause(Reply reply) {
  if (ended() || state() == E::STOPPING) {
    return reply(WrongState(name(), state(), "there is nothing to pause"));
  }
  if (const std::string why_not = work_->WhyNoPause(); state() == E::RUNNING && !why_not.empty()) {
    return reply(WrongState(name(), state(), why_not));
  }
  if (state() == E::RUNNING) {
    parked_replies_.push_back(std::move(reply));
    pausing_ = true;
    return work_->Stop();
  }
  if (state() == E::STARTING) held_ = true;
  if (state() == E::PENDING) {
    surroundings_.ReturnCpus(*this);
    MoveTo(E::PAUSED, "it left the line for its CPUs");
  }
  work_->Drop();
  reply(Describe());
}

void Experiment::Rewind(int64_t step, Reply reply) {
  if (absl::Status status = CheckMayAct(); !status.ok()) return reply(status);
  if (absl::Status status = work_->OrderRewind(step); !status.ok()) return reply(status);
  if (!work_->busy()) return reply(Describe());
  parked_replies_.push_back([this, reply = std::move(reply)](absl::StatusOr<E> answer) {
    if (ended()) return reply(EndedDuring("the rewinding"));
    reply(std::move(answer));
  });
  if (state() != E::STARTING) Act();
}

void Experiment::AnswerParked() {
  if (parked_replies_.empty()) return;
  const E now = Describe();
  for (const Reply& reply : std::exchange(parked_replies_, {})) reply(now);
}

bool Experiment::IsParked() const {
  return state() == E::READY || state() == E::PAUSED || state() == E::PENDING;
}

E Experiment::Describe() {
  E described = record_;
  if (work_ && IsParked()) work_->Describe(described);
  return described;
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

void Experiment::OnTimeOver() {
  const absl::Duration limit = *TimeLimitOf(plan_.spec);
  Stop(MakeEnd(v1::End::TIMEOUT, "TIME_LIMIT",
               absl::StrCat("the time limit of ", absl::FormatDuration(limit), " ran out")));
}

void Experiment::CheckProgress(absl::Duration stall_limit) {
  const bool prepares = state() == E::STARTING && time_.in_leg();
  if ((state() != E::RUNNING && !prepares) || !crew_) return;
  const uint64_t progress = work_->Progress();
  const absl::Time now = MonotonicNow();
  if (progress != last_progress_) {
    last_progress_ = progress;
    last_progress_time_ = now;
  } else if (now - std::max(last_progress_time_, time_.begun()) >= stall_limit) {
    Stop(MakeEnd(v1::End::TIMEOUT, "NO_PROGRESS",
                 absl::StrCat("no worker made progress for ", absl::FormatDuration(stall_limit),
                              work_->HintAtStall())));
  }
}

void Experiment::OnGone(const v1::End& cause) {
  if (state() != E::STOPPING) MoveTo(E::STOPPING, cause.message());
  work_->CutShort();
  if (prepared_) work_->Describe(record_);
  MarkDead();
  pausing_ = false;
  lease_.Drop();
  record_.clear_control_lease();
  crew_.reset();
  surroundings_.ReturnCpus(*this);
  has_lease_ = false;
  *record_.mutable_end() = cause;
  if (auto result = work_->ToResult(record_)) *record_.mutable_result() = *std::move(result);
  FailWork();
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
  AnswerParked();
  for (const Reply& reply : std::exchange(cancel_replies_, {})) reply(record_);
}

// Those that the lab itself ended are as they were.
void Experiment::MarkDead() {
  for (int i = 0; i < record_.program().workers_size(); ++i) {
    const v1::End& end = record_.workers(i).end();
    if (end.class_() == v1::End::OK || end.class_() == v1::End::KILLED_BY_LAB) continue;
    v1::ProgramWorker& worker = *record_.mutable_program()->mutable_workers(i);
    worker.set_state(v1::ProgramWorker::DEAD);
    worker.set_reason(end.message());
  }
}

absl::Status Experiment::EndedDuring(std::string_view what) const {
  return ErrorWithReason(
      absl::StatusCode::kAborted, "EXPERIMENT_ENDED",
      absl::StrCat(name(), " ended during ", std::string(what), ": ", record_.end().message()),
      {{"class", v1::End::Class_Name(record_.end().class_())}, {"reason", record_.end().reason()}});
}

void Experiment::FailWork() { work_->Fail(EndedDuring("the step")); }

void Experiment::MoveTo(ExperimentState to, std::string_view reason) {
  const ExperimentState from = state();
  if (!CanMove(from, to)) {
    spdlog::critical("{}: no move from {} to {}", name(), E::State_Name(from), E::State_Name(to));
    std::abort();
  }
  record_.set_state(to);
  *record_.mutable_update_time() = ProtoNow();
  if (spdlog::should_log(spdlog::level::debug)) {  // a state's name is looked up
    spdlog::debug("{} {} {}", name(), E::State_Name(to), reason);
  }
  events_->AppendMade([from, to, reason = std::string(reason)] {
    v1::ExperimentEvent event;
    event.mutable_state_change()->set_from(from);
    event.mutable_state_change()->set_to(to);
    event.mutable_state_change()->set_reason(reason);
    return event;
  });
}

int Experiment::workers_alive() const {
  if (crew_) return crew_->alive();
  return ended() || state() == E::STOPPING ? 0 : static_cast<int>(plan_.shape.roles.size());
}

v1::Metrics Experiment::ReadMetrics() {
  // Also while the end is being committed: a snapshot with a later sequence would go before the
  // last.
  if (record_.has_result()) {
    return record_.result().has_metrics() ? record_.result().metrics()
                                          : record_.result().stepped_metrics();
  }
  if (work_) return work_->ReadMetrics();
  v1::Metrics nothing;
  nothing.set_name(name());
  return nothing;
}

}  // namespace ipclab
