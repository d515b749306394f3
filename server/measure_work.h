// The work of measuring: a step is one leg; a run is windows of warm-up, the leg that counts, and a
// census once all is done.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "ipclab/v1/measure.pb.h"
#include "server/advance.h"
#include "server/event_loop.h"
#include "server/figures.h"
#include "server/host/hiccup_clock.h"
#include "server/host/run_load.h"
#include "server/ledger.h"
#include "server/validate.h"
#include "server/warm_up.h"
#include "server/work.h"

namespace ipclab {

class MeasureWork final : public Work {
 public:
  // plan, place and hiccups must outlive this. name is the experiment's.
  MeasureWork(EventLoop& loop, Place& place, const std::string& name, const ExperimentPlan& plan,
              const v1::Environment& environment, HiccupClock& hiccups);
  ~MeasureWork() override;

  absl::Status OrderRun(const v1::RunExperimentRequest& request) override;
  void OrderStep(const v1::StepExperimentRequest& request, StepReply reply) override;
  absl::Status OrderRewind(int64_t step) override;
  bool busy() const override { return action_.has_value(); }
  bool stepping() const override { return action_ && action_->advance.step; }
  bool NeedsCpus() const override { return true; }
  bool IsSame(const v1::RunExperimentRequest& request) const override;
  void Begin() override;
  void Stop() override { place_.crew()->StopLeg(); }
  LegEnd OnLegDone(bool pausing) override;
  void Answer() override;
  void Finish() override { place_.crew()->Finish(); }
  void Drop() override;
  void CutShort() override;
  void Fail(const absl::Status& status) override;
  uint64_t Progress() override { return place_.crew()->Progress(); }
  v1::Metrics ReadMetrics() override;
  std::optional<v1::Result> ToResult(const v1::Experiment& experiment) override;

 private:
  // What the workers are to do next, or are doing.
  struct Action {
    Advance advance;
    StepReply reply;  // of a step
  };

  const v1::MeasureSpec& measure() const { return plan_.spec.measure(); }
  Position position() const { return {place_.step(), ledger_.free_time()}; }
  absl::Duration TimeToSpare() const;
  void BeginNextLeg();
  void BeginLeg(LegKind kind, internal::Leg leg);
  void CutSlices();
  Figures EndLeg();
  void EndRun(const Figures& figures);

  EventLoop& loop_;
  Place& place_;
  const ExperimentPlan& plan_;
  std::optional<Action> action_;
  LegPlan leg_plan_ = {};  // of the newest leg
  Ledger ledger_;
  std::optional<WarmUp> warm_up_;  // of the newest run, where it is watched
  int batch_ = 0;                  // 0: not found yet
  RunLoad run_load_;
  absl::Duration leg_time_;  // of the newest one that has ended
  EventLoop::TimerId slice_timer_ = 0;

  // Of the newest leg, until Answer.
  Figures figures_;
  v1::StepExperimentResponse::Stopped why_ = v1::StepExperimentResponse::STOPPED_UNSPECIFIED;
};

}  // namespace ipclab
