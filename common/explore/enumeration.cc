#include "common/explore/enumeration.h"

#include <algorithm>

#include "common/explore/byte_budget.h"
#include "common/explore/choices.h"
#include "common/explore/failing_prefix.h"
#include "common/explore/limits.h"
#include "common/explore/outcomes.h"
#include "common/program/apply.h"

namespace ipclab {
namespace {

class Enumeration final : public Search {
 public:
  Enumeration(const Program& program, const SearchOptions& options)
      : program_(program),
        options_(options),
        words_(static_cast<size_t>(program.state_words)),
        budget_(options.max_bytes),
        ends_(program, budget_) {}

  const Run* Next() override {
    if (over_) return nullptr;
    if (known_.runs > 0 && !HasMore()) return Finish();
    if (options_.max_schedules > 0 && known_.runs == options_.max_schedules) {
      return StopAt(LimitOfSchedules(options_.max_schedules));
    }
    if (!(known_.runs == 0 ? Begin() : Step()) || !GoDown()) {
      return StopAt(LimitOfBytes(options_.max_bytes));
    }
    ++known_.runs;
    known_.steps += static_cast<int64_t>(steps_.size());
    return &run_;
  }

  Exploration Result() const override {
    Exploration result = known_;
    ends_.SetResult(result);
    return result;
  }

  Progress progress() const override {
    return {static_cast<Count>(known_.runs - known_.truncated), 0, std::nullopt, budget_.used()};
  }

 private:
  // A state on the way, and what was chosen there so far.
  struct Level {
    size_t first_choice;
    size_t next_choice;
    uint32_t enabled;
    int preemptions;  // up to here
  };

  const Run* Finish() {
    over_ = true;
    known_.complete = known_.truncated == 0;
    if (!known_.complete) known_.stopped_at = LimitOfSteps(options_.max_steps);
    return nullptr;
  }

  const Run* StopAt(std::string limit) {
    over_ = true;
    known_.stopped_at = std::move(limit);
    return nullptr;
  }

  int64_t* StateAt(size_t depth) { return states_.data() + depth * words_; }

  bool MakeRoomAt(size_t depth) {
    if (states_.size() >= (depth + 1) * words_) return true;
    if (!budget_.MakeRoom(states_, words_) || !budget_.MakeRoom(levels_)) return false;
    states_.resize((depth + 1) * words_);
    return true;
  }

  bool Begin() {
    if (!MakeRoomAt(0)) return false;
    BeginProgram(program_, StateAt(0), nullptr);
    return true;
  }

  // Back to where something else can be chosen.
  bool HasMore() {
    while (!levels_.empty() && levels_.back().next_choice == choices_.size()) {
      choices_.resize(levels_.back().first_choice);
      levels_.pop_back();
    }
    return !levels_.empty();
  }

  // The next choice of the last level.
  bool Step() {
    if (!MakeRoomAt(levels_.size())) return false;
    steps_.resize(levels_.size() - 1);
    Level& level = levels_.back();
    const Choose choice = choices_[level.next_choice++];
    const int last = steps_.empty() ? -1 : steps_.back().worker;
    preemptions_ = level.preemptions + IsPreemption(level.enabled, last, choice.worker);
    int64_t* const state = StateAt(levels_.size());
    std::copy_n(state - words_, words_, state);
    Apply(program_, state, choice.worker, choice.wakes, nullptr);
    steps_.push_back(choice);
    return true;
  }

  // To the end of the schedule.
  bool GoDown() {
    while (true) {
      const int64_t* const state = StateAt(levels_.size());
      const uint32_t enabled = EnabledOf(program_, state);
      run_ = {steps_, state, enabled == 0};
      if (enabled == 0) return NoteEnd(state);
      if (static_cast<int64_t>(steps_.size()) == options_.max_steps) {
        ++known_.truncated;
        return true;
      }
      levels_.push_back({choices_.size(), choices_.size(), enabled, preemptions_});
      AddChoices(program_, state, enabled, choices_);
      if (!Step()) return false;
    }
  }

  bool NoteEnd(const int64_t* state) {
    if (!known_.found && HasFailed(state)) known_.found = FailingPrefix(program_, steps_);
    return ends_.Add(state, preemptions_);
  }

  const Program& program_;
  const SearchOptions options_;
  const size_t words_;
  ByteBudget budget_;
  EndTally ends_;
  std::vector<int64_t> states_;  // of each depth
  std::vector<Level> levels_;    // the choices of all are those between theirs and the next's first
  std::vector<Choose> choices_;
  std::vector<Choose> steps_;
  int preemptions_ = 0;  // of steps_
  Run run_;
  Exploration known_;
  bool over_ = false;
};

}  // namespace

std::unique_ptr<Search> MakeEnumeration(const Program& program, const SearchOptions& options) {
  return std::make_unique<Enumeration>(program, options);
}

}  // namespace ipclab
