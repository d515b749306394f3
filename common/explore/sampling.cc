#include "common/explore/sampling.h"

#include <algorithm>

#include "common/explore/byte_budget.h"
#include "common/explore/choices.h"
#include "common/explore/draws.h"
#include "common/explore/limits.h"
#include "common/explore/outcomes.h"
#include "common/program/apply.h"

namespace ipclab {
namespace {

class Sampling final : public Search {
 public:
  Sampling(const Program& program, const SearchOptions& options)
      : program_(program),
        options_(options),
        budget_(options.max_bytes),
        ends_(program, budget_),
        lots_(options.seed),
        draws_(options.sampler == Sampler::kUniform
                   ? MakeUniformDraws()
                   : MakePctDraws(static_cast<int>(program.workers.size()), options.depth)),
        state_(static_cast<size_t>(program.state_words)) {}

  const Run* Next() override {
    if (over_) return nullptr;
    if (known_.runs == options_.max_schedules) {
      over_ = known_.complete = true;
      return nullptr;
    }
    if (!MakeRun()) {
      over_ = true;
      known_.stopped_at = LimitOfBytes(options_.max_bytes);
      return nullptr;
    }
    ++known_.runs;
    known_.steps += static_cast<int64_t>(steps_.size());
    longest_ = std::max(longest_, static_cast<int64_t>(steps_.size()));
    return &run_;
  }

  Exploration Result() const override {
    Exploration result = known_;
    ends_.SetResult(result);
    result.schedules = static_cast<Count>(known_.runs);
    result.failing = static_cast<Count>(failing_);
    result.least_preemptions = known_.least_preemptions;
    return result;
  }

  Progress progress() const override {
    return {static_cast<Count>(known_.runs), 0, std::nullopt, budget_.used()};
  }

 private:
  bool MakeRun() {
    steps_.clear();
    BeginProgram(program_, state_.data(), nullptr);
    draws_->Begin(longest_, lots_);
    bool failed = HasFailed(state_.data());
    if (failed) NoteFailure(0);
    uint32_t enabled = EnabledOf(program_, state_.data());
    int preemptions = 0;
    while (enabled != 0 && static_cast<int64_t>(steps_.size()) < options_.max_steps) {
      if (!budget_.MakeRoom(steps_)) return false;
      const Choose step = Draw(enabled);
      preemptions += IsPreemption(enabled, steps_.empty() ? -1 : steps_.back().worker, step.worker);
      Apply(program_, state_.data(), step.worker, step.wakes, nullptr);
      steps_.push_back(step);
      if (!failed && HasFailed(state_.data())) NoteFailure(preemptions);
      failed = HasFailed(state_.data());
      enabled = EnabledOf(program_, state_.data());
    }
    run_ = {steps_, state_.data(), enabled == 0};
    if (enabled == 0) return ends_.Add(state_.data(), preemptions);
    ++known_.truncated;
    return true;
  }

  Choose Draw(uint32_t enabled) {
    const auto step = static_cast<int64_t>(steps_.size()) + 1;
    const int worker = draws_->Pick(step, enabled, lots_);
    const uint32_t may_wake = MayWake(program_, state_.data(), worker);
    return {static_cast<int8_t>(worker),
            static_cast<int8_t>(may_wake == 0 ? -1 : lots_.BitOf(may_wake))};
  }

  // With the last of steps_.
  void NoteFailure(int preemptions) {
    ++failing_;
    if (!known_.found) known_.found = steps_;
    known_.least_preemptions =
        std::min(known_.least_preemptions.value_or(preemptions), preemptions);
  }

  const Program& program_;
  const SearchOptions options_;
  ByteBudget budget_;
  EndTally ends_;
  Lots lots_;
  const std::unique_ptr<Draws> draws_;
  std::vector<int64_t> state_;
  std::vector<Choose> steps_;
  int64_t longest_ = 0;
  int64_t failing_ = 0;  // truncated ones too
  Run run_;
  Exploration known_;
  bool over_ = false;
};

}  // namespace

std::unique_ptr<Search> MakeSampling(const Program& program, const SearchOptions& options) {
  return std::make_unique<Sampling>(program, options);
}

}  // namespace ipclab
