// One experiment: its public record and its life, from the start of its workers to their end. What
// they do in between is its work's affair; see server/work.h.
//
// Strand only; owned by the engine, which also lends it CPUs and commits its end.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ipclab/v1/experiment.pb.h"
#include "ipclab/v1/experiment_service.pb.h"
#include "server/control_lease.h"
#include "server/crew.h"
#include "server/experiment_state.h"
#include "server/feeds/event_feed.h"
#include "server/feeds/metrics_feed.h"
#include "server/host/hiccup_clock.h"
#include "server/validate.h"
#include "server/work.h"
#include "server/work_time.h"

namespace ipclab {

class Experiment final : public Crew::Listener, public Work::Place {
 public:
  using StepReply = Work::StepReply;
  using Reply = std::function<void(absl::StatusOr<v1::Experiment>)>;

  // What the engine does for its experiments.
  class Surroundings {
   public:
    // True: the CPUs are the experiment's now; false: OnCpus comes later.
    virtual bool LeaseCpus(Experiment& experiment) = 0;
    virtual void ReturnCpus(Experiment& experiment) = 0;
    // "CPU 0, held by experiments/a".
    virtual std::string WhatItWaitsFor(const Experiment& experiment) = 0;
    // No process of it is left: remove its names, commit final_record, then call Conclude.
    virtual void OnAllGone(Experiment& experiment) = 0;
    virtual HiccupClock& hiccup_clock() = 0;

   protected:
    ~Surroundings() = default;
  };

  // A new one, STARTING. number is the zygote's name for it, never used twice.
  Experiment(EventLoop& loop, Surroundings& surroundings, uint64_t number, std::string name,
             std::string uid, ExperimentPlan plan, const v1::Environment& environment);
  // One from the store, ended.
  Experiment(EventLoop& loop, Surroundings& surroundings, v1::Experiment record);

  // Ends what watches are still open with NOT_FOUND: it was deleted.
  ~Experiment();

  // Starts the workers; spawn says who they are.
  void Start(Zygote& zygote, internal::Spawn spawn);

  // The row is committed; nothing is READY before.
  void OnCommitted();

  // Whose word counts: see ControlLease. Nobody takes or holds one that ends.
  absl::Status CheckControl(const v1::Control* control) const { return lease_.Check(control); }
  void TakeControl(const v1::Control& control);
  void HoldControl();
  void UnholdControl(const v1::Control& control, bool orderly);

  // PreconditionFailed when it cannot be told to run or step now.
  absl::Status CheckMayAct() const;

  // Lets it run, or stand in line for its CPUs, to its end or until it is at that step. Harmless
  // when it does so already, else as CheckMayAct.
  absl::Status Run(const v1::RunExperimentRequest& request);
  // Once it is done, or refused.
  void Step(const v1::StepExperimentRequest& request, StepReply reply);
  // Replies once its workers are parked or it has ended.
  void Pause(Reply reply);
  // Of a program. Replies once it is there.
  void Rewind(int64_t step, Reply reply);
  // Replies once it has ended.
  void Cancel(Reply reply);
  // Ends it because the server does, or because it could not be committed.
  void Abort(std::string_view reason, std::string_view message);

  // The CPUs that it waited for are its own.
  void OnCpus();

  // Called about once a second: fails it when its workers make no progress for stall_limit.
  void CheckProgress(absl::Duration stall_limit);

  // After OnAllGone, once committed.
  void Conclude();
  // What is to be committed then; commit_error replaces the outcome when that failed.
  const v1::Experiment& final_record() const { return final_record_; }
  void FailCommit(const absl::Status& error);

  uint64_t number() const { return number_; }
  const std::string& name() const { return record_.name(); }
  ExperimentState state() const { return record_.state(); }
  bool committed() const { return committed_; }
  bool ended() const { return IsTerminal(state()); }
  // With how its work stands, where that can be seen.
  v1::Experiment Describe();
  const ExperimentPlan& plan() const { return plan_; }
  // Those that are still to be started count too.
  int workers_alive() const;

  // Work::Place
  Crew* crew() override { return crew_.get(); }
  WorkTime& time() override { return time_; }
  EventFeed& events() override { return *events_; }
  const v1::Experiment& record() const override { return record_; }
  int64_t step() const override { return record_.step(); }
  void SetStep(int64_t step) override { record_.set_step(step); }
  void EndBecause(const v1::End& cause) override { Stop(cause); }

  v1::Metrics ReadMetrics();
  MetricsFeed& metrics() { return *metrics_; }

 private:
  // Crew::Listener
  void OnStarted(const std::vector<int>& pids) override;
  void OnConnected() override;
  void OnLegDone() override;
  void OnWorkerEnd(int index, const v1::End& end) override;
  void OnGone(const v1::End& cause) override;

  void MoveTo(ExperimentState to, std::string_view reason = "");
  void BecomeReady();
  void Act();
  void BeginWork();
  void Park(bool done);
  void AnswerParked();
  void FailWork();
  bool IsParked() const;
  void MarkDead();
  absl::Status EndedDuring(std::string_view what) const;
  void Stop(const v1::End& cause);
  void OnTimeOver();
  void OnControlChange();
  void OnControllerLost(v1::Control::OnLoss on_loss);

  EventLoop& loop_;
  Surroundings& surroundings_;
  const uint64_t number_ = 0;
  const ExperimentPlan plan_;
  v1::Experiment record_;
  v1::Experiment final_record_;
  std::unique_ptr<Crew> crew_;
  bool committed_ = false;
  bool connected_ = false;
  bool prepared_ = false;  // its workers are where they begin from
  bool has_lease_ = false;
  bool held_ = false;     // paused before it was READY: it does not run by itself
  bool pausing_ = false;  // its workers were told to stop
  ControlLease lease_;
  WorkTime time_;
  std::unique_ptr<Work> work_;  // null: an ended program from the store

  uint64_t last_progress_ = 0;
  absl::Time last_progress_time_;

  std::vector<Reply> parked_replies_;
  std::vector<Reply> cancel_replies_;
  std::shared_ptr<EventFeed> events_;
  std::shared_ptr<MetricsFeed> metrics_;
};

}  // namespace ipclab
