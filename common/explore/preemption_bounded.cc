#include "common/explore/preemption_bounded.h"

#include <algorithm>
#include <utility>

#include "common/explore/byte_budget.h"
#include "common/explore/choices.h"
#include "common/explore/limits.h"
#include "common/explore/liveness.h"
#include "common/explore/outcomes.h"
#include "common/explore/packed_words.h"
#include "common/explore/reached_pairs.h"
#include "common/program/apply.h"

namespace ipclab {
namespace {

class PreemptionBounded final : public Search {
 public:
  PreemptionBounded(const Program& program, const SearchOptions& options)
      : program_(program),
        options_(options),
        words_(static_cast<size_t>(program.state_words)),
        budget_(options.max_bytes),
        pairs_(program, budget_),
        ends_(program, budget_),
        state_(words_),
        packed_(MostPackedBytes(words_)) {}

  const Run* Next() override {
    if (over_ || (known_.runs > 0 && !HasMore())) return nullptr;
    if (options_.max_schedules > 0 && known_.runs == options_.max_schedules) {
      return StopAt(LimitOfSchedules(options_.max_schedules));
    }
    if (!(known_.runs == 0 ? Begin() : Walk())) return StopAt(LimitOfBytes(options_.max_bytes));
    if (run_.is_whole && !ends_.Add(state_.data(), bound_)) {
      return StopAt(LimitOfBytes(options_.max_bytes));
    }
    run_.steps = steps_;
    run_.state = state_.data();
    ++known_.runs;
    known_.steps += static_cast<int64_t>(steps_.size());
    return &run_;
  }

  Exploration Result() const override {
    Exploration result = known_;
    ends_.SetResult(result);
    // Not every run is whole.
    result.schedules = static_cast<Count>(known_.runs);
    result.failing = known_.found ? 1 : 0;
    result.least_preemptions = known_.least_preemptions;
    result.states = pairs_.states();
    return result;
  }

  Progress progress() const override {
    return {static_cast<Count>(known_.runs), pairs_.states(), bound_, budget_.used()};
  }

 private:
  // What was reached on the way, and what can be chosen there.
  struct Place {
    uint32_t pair;
    size_t first_choice;
    size_t next_choice;
    size_t copy;  // where it begins in copies_
  };

  const Run* StopAt(std::string limit) {
    over_ = true;
    known_.stopped_at = std::move(limit);
    return nullptr;
  }

  // Back to where something else can be chosen, with as many preemptions as are looked at.
  bool HasMore() {
    while (true) {
      while (!way_.empty() && way_.back().next_choice == choices_.size()) {
        copies_.resize(way_.back().copy);
        choices_.resize(way_.back().first_choice);
        way_.pop_back();
      }
      if (!way_.empty()) return true;
      if (held_.empty() && !HasNextBound()) return false;
      if (!Preempt()) return StopAt(LimitOfBytes(options_.max_bytes)) != nullptr;
    }
  }

  bool HasNextBound() {
    if (known_.truncated == 0) known_.bound = bound_;
    known_.exhausted = held_for_later_.empty() && known_.truncated == 0;
    if (held_for_later_.empty() || bound_ == options_.max_preemptions) {
      over_ = true;
      known_.complete = known_.truncated == 0;
      if (!known_.complete) known_.stopped_at = LimitOfSteps(options_.max_steps);
      return false;
    }
    ++bound_;
    std::swap(held_, held_for_later_);
    // From the end on they are taken.
    std::reverse(held_.begin(), held_.end());
    return true;
  }

  // Begins a way with one of those where somebody can be preempted.
  bool Preempt() {
    const uint32_t pair = held_.back();
    held_.pop_back();
    const std::vector<Choose> steps = pairs_.StepsTo(pair);
    steps_.assign(steps.begin(), steps.end());
    before_ = steps_.size();
    BeginProgram(program_, state_.data(), nullptr);
    for (const Choose& step : steps_) {
      Apply(program_, state_.data(), step.worker, step.wakes, nullptr);
    }
    const uint32_t others = EnabledOf(program_, state_.data()) & ~(1u << steps_.back().worker);
    return Enter(pair, others);
  }

  bool Begin() {
    BeginProgram(program_, state_.data(), nullptr);
    run_.is_whole = EnabledOf(program_, state_.data()) == 0;
    bool goes_on = true;
    return Arrive(goes_on) && (!goes_on || GoDown());
  }

  // By the next choice, on to where a run ends.
  bool Walk() {
    UnpackWords(copies_.data() + way_.back().copy, state_.data(), words_);
    return GoDown();
  }

  bool GoDown() {
    for (bool goes_on = true; goes_on;) {
      if (!Step(goes_on)) return false;
    }
    return true;
  }

  bool Step(bool& goes_on) {
    const Choose choice = choices_[way_.back().next_choice++];
    Apply(program_, state_.data(), choice.worker, choice.wakes, nullptr);
    steps_.resize(before_ + way_.size() - 1);
    if (!budget_.MakeRoom(steps_)) return false;
    steps_.push_back(choice);
    return Arrive(goes_on);
  }

  // Where state_ is by the last of steps_. goes_on: to something new, which is put on the way.
  bool Arrive(bool& goes_on) {
    const uint32_t enabled = EnabledOf(program_, state_.data());
    run_.is_whole = enabled == 0;
    goes_on = false;
    if (HasFailed(state_.data())) {
      NoteFailure();
      return true;
    }
    if (enabled != 0 && static_cast<int64_t>(steps_.size()) == options_.max_steps) {
      ++known_.truncated;
      return true;
    }
    const uint32_t from = way_.empty() ? ReachedPairs::kNone : way_.back().pair;
    const Choose choice = steps_.empty() ? Choose{-1, -1} : steps_.back();
    const auto reached = pairs_.Reach(state_.data(), choice, from);
    if (!reached) return false;
    if (!reached->is_new || enabled == 0) return true;
    goes_on = true;
    return GoOn(reached->pair, choice.worker, enabled);
  }

  bool GoOn(uint32_t pair, int last, uint32_t enabled) {
    const bool can_go_on = last >= 0 && (enabled >> last & 1) != 0;
    if (!can_go_on) return Enter(pair, enabled);
    const uint32_t alone = 1u << last;
    if (enabled != alone) {
      if (!budget_.MakeRoom(held_for_later_)) return false;
      held_for_later_.push_back(pair);
    }
    return Enter(pair, alone);
  }

  bool Enter(uint32_t pair, uint32_t workers) {
    if (!budget_.MakeRoom(way_)) return false;
    way_.push_back({pair, choices_.size(), choices_.size(), copies_.size()});
    AddChoices(program_, state_.data(), workers, choices_);
    // Where there is only one choice nobody comes back to, but where the way begins.
    if (way_.size() > 1 && choices_.size() - way_.back().first_choice == 1) return true;
    uint8_t* const end = PackWords(state_.data(), words_, packed_.data());
    if (!budget_.MakeRoom(copies_, static_cast<size_t>(end - packed_.data()))) return false;
    copies_.insert(copies_.end(), packed_.data(), end);
    return true;
  }

  void NoteFailure() {
    over_ = known_.complete = true;
    known_.found = steps_;
    // With fewer there is none, unless it is longer than was looked.
    if (known_.truncated == 0) known_.least_preemptions = bound_;
  }

  const Program& program_;
  const SearchOptions options_;
  const size_t words_;
  ByteBudget budget_;
  ReachedPairs pairs_;
  EndTally ends_;
  int bound_ = 0;                         // what is looked at
  std::vector<uint32_t> held_;            // where somebody can be preempted within it
  std::vector<uint32_t> held_for_later_;  // and within the next one

  std::vector<Place> way_;  // the choices of each are those between its first and the next's
  std::vector<Choose> choices_;
  std::vector<uint8_t> copies_;  // packed states of those on the way that it comes back to
  std::vector<Choose> steps_;    // from step 0
  size_t before_ = 0;            // of them, to the first of the way
  std::vector<int64_t> state_;   // behind them

  std::vector<uint8_t> packed_;
  Run run_;
  Exploration known_;
  bool over_ = false;
};

}  // namespace

std::unique_ptr<Search> MakePreemptionBounded(const Program& program,
                                              const SearchOptions& options) {
  return std::make_unique<PreemptionBounded>(program, options);
}

}  // namespace ipclab
