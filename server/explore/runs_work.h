// The work of making the runs of an exploration: batch after batch, as long as there are any.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/run_batch.h"
#include "server/event_loop.h"
#include "server/explore/run_queue.h"
#include "server/program/program_plan.h"
#include "server/validate.h"
#include "server/work.h"

namespace ipclab {

class RunsWork final : public Work {
 public:
  // loop, place and plan must outlive this; name is the experiment's.
  RunsWork(EventLoop& loop, Place& place, std::string name, const ExperimentPlan& plan);

  bool Prepare() override;
  absl::Status OrderRun(const v1::RunExperimentRequest& request) override;
  void OrderStep(const v1::StepExperimentRequest& request, StepReply reply) override;
  absl::Status OrderRewind(int64_t step) override;
  bool busy() const override { return ordered_; }
  bool stepping() const override { return false; }
  bool NeedsCpus() const override { return true; }
  std::string WhyNoPause() const override;
  bool IsSame(const v1::RunExperimentRequest&) const override { return false; }
  void Begin() override;
  void Stop() override {}
  LegEnd OnLegDone(bool pausing) override;
  void Answer() override {}
  void Finish() override {}
  void Drop() override;
  void CutShort() override;
  void Fail(const absl::Status& status) override;
  uint64_t Progress() override;
  v1::Metrics ReadMetrics() override;
  std::optional<v1::Result> ToResult(const v1::Experiment&) override { return std::nullopt; }

 private:
  int workers() const { return static_cast<int>(plan_.program.workers.size()); }
  RunBatch* batch() const;
  absl::Status Refusal() const;
  void HandOver();
  bool Agrees();

  EventLoop& loop_;
  Place& place_;
  const std::string name_;
  const ProgramPlan& plan_;
  const std::shared_ptr<RunQueue> queue_;
  // For closures that may come late.
  const std::shared_ptr<RunsWork*> self_ = std::make_shared<RunsWork*>(this);
  bool ordered_ = false;
  bool begun_ = false;
  std::optional<BatchOfRuns> at_work_;
  absl::Time handed_over_;
  uint64_t idle_ = 0;   // grows while nobody waits for the workers
  bool twice_ = false;  // a run was cut short that was made for the second time
};

}  // namespace ipclab
