// The work of executing a program: every step is first made by the lab's model, which says whether
// it can be and what comes of it, then handed over to the workers as a plan, and what they have
// made of it is compared with the model.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/baton.h"
#include "server/program/aim.h"
#include "server/program/course.h"
#include "server/program/program_plan.h"
#include "server/validate.h"
#include "server/work.h"

namespace ipclab {

class ProgramWork final : public Work {
 public:
  // plan and place must outlive this; name is the experiment's.
  ProgramWork(Place& place, std::string name, const ExperimentPlan& plan,
              v1::Environment environment);

  bool Prepare() override;
  absl::Status OrderRun(const v1::RunExperimentRequest& request) override;
  void OrderStep(const v1::StepExperimentRequest& request, StepReply reply) override;
  absl::Status OrderRewind(int64_t step) override;
  bool busy() const override { return order_ != nullptr; }
  bool stepping() const override { return order_ && order_->reply; }
  bool NeedsCpus() const override { return order_ && order_->kind == Kind::kFree; }
  std::string WhyNoPause() const override;
  bool IsSame(const v1::RunExperimentRequest& request) const override;
  void Begin() override;
  void Stop() override {}  // it is seen to between two plans
  LegEnd OnLegDone(bool pausing) override;
  void Answer() override;
  void Finish() override;
  void Drop() override;
  void CutShort() override;
  void Fail(const absl::Status& status) override;
  uint64_t Progress() override;
  std::string HintAtStall() const override;
  void Describe(v1::Experiment& experiment) override;
  v1::Metrics ReadMetrics() override;
  std::optional<v1::Result> ToResult(const v1::Experiment& experiment) override;

 private:
  using Response = v1::StepExperimentResponse;

  enum class Kind { kSteps, kRewind, kFree };

  // What the workers are to do next, or are doing.
  struct Order {
    Kind kind = Kind::kSteps;
    std::optional<Aim> aim = {};
    StepReply reply = nullptr;  // of a step
    std::string run = {};       // of a run: what was asked for
    int64_t rewind_to = 0;
    int64_t begun_at = 0;            // the step
    std::deque<MadeStep> made = {};  // the newest of them
    std::optional<Response::Stopped> why = {};
  };

  int workers() const { return static_cast<int>(program_.workers.size()); }
  BatonPage* page() const;
  const int64_t* real_state() const;
  bool Bind();
  absl::Status OrderFree();
  void BeginSteps();
  void BeginAgain(BatonCommand command);
  void HandOver(BatonCommand command, std::span<const Choose> plan);
  bool Agrees();
  void TakeFreeRun();
  v1::ProgramView ViewNow() const;
  void AddKernel(v1::ProgramView& view) const;
  Response ResponseOf(const Order& order, Response::Stopped why) const;
  void LogStep(Response response);
  void LogRewind(v1::ProgramView view);
  void ReadTallies();
  int64_t FreeSteps() const;

  Place& place_;
  const std::string name_;
  const ProgramPlan& plan_;
  const v1::Environment environment_;
  Program program_;  // with what the workers found out about its mechanisms
  Course course_;
  std::unique_ptr<Order> order_;

  bool preparing_ = false;
  std::vector<Choose> again_;  // steps to be made again, of which so many were handed over
  size_t handed_over_ = 0;
  int64_t plan_begun_at_ = 0;  // the step at which the newest plan begins

  // Made while the workers are at it.
  std::optional<Response> response_;
  std::optional<Response> for_log_;

  // Of the free run, by worker: what was done before it, and in it as far as it is known.
  bool ran_free_ = false;
  bool free_end_is_known_ = false;
  std::vector<int64_t> steps_before_free_;
  std::vector<int64_t> free_steps_;
  std::vector<absl::Duration> blocked_;
  int64_t sequence_ = 0;
};

}  // namespace ipclab
