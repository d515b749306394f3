#include "common/explore/state_search.h"

#include "common/explore/byte_budget.h"
#include "common/explore/choices.h"
#include "common/explore/counting.h"
#include "common/explore/fewest_preemptions.h"
#include "common/explore/limits.h"
#include "common/explore/livelock.h"
#include "common/explore/liveness.h"
#include "common/explore/outcomes.h"
#include "common/explore/packed_words.h"
#include "common/explore/state_space.h"
#include "common/explore/state_store.h"
#include "common/program/apply.h"

namespace ipclab {
namespace {

class StateSearch final : public Search {
 public:
  StateSearch(const Program& program, const SearchOptions& options)
      : program_(program),
        options_(options),
        words_(static_cast<size_t>(program.state_words)),
        budget_(options.max_bytes),
        liveness_(program),
        store_(words_, budget_),
        graph_(budget_),
        outcomes_(program),
        state_(words_),
        canonical_(words_),
        packed_(MostPackedBytes(words_)) {}

  const Run* Next() override {
    if (over_) return nullptr;
    if (known_.runs > 0 && !HasMore()) {
      over_ = known_.complete = true;
      return nullptr;
    }
    if (options_.max_schedules > 0 && known_.runs == options_.max_schedules) {
      return StopAt(LimitOfSchedules(options_.max_schedules));
    }
    if (!Walk()) return StopAt(LimitOfBytes(options_.max_bytes));
    run_ = {steps_, state_.data(), is_end_};
    ++known_.runs;
    known_.steps += static_cast<int64_t>(steps_.size());
    return &run_;
  }

  Exploration Result() const override {
    Exploration result = known_;
    result.states = graph_.size();
    std::vector<OutcomeTally> rows = outcomes_.rows();
    if (result.complete && !result.cyclic) {
      CountSchedules(graph_, left_, ends_, rows, result.overflow);
    }
    SetOutcomes(std::move(rows), result);
    if (std::optional<LeastFailure> least = FindFewestPreemptions(graph_)) {
      // There may be a better one where it was not looked.
      if (result.complete) result.least_preemptions = least->preemptions;
      result.found = std::move(least->steps);
    }
    if (result.cyclic) result.livelock = FindLivelock(graph_);
    return result;
  }

  Progress progress() const override {
    return {static_cast<Count>(known_.runs), graph_.size(), std::nullopt, budget_.used()};
  }

 private:
  // A state on the way.
  struct Place {
    uint32_t state;
    uint32_t choices;
    uint32_t next = 0;
    size_t copy;  // where it begins in copies_
  };

  const Run* StopAt(std::string limit) {
    over_ = true;
    known_.stopped_at = std::move(limit);
    return nullptr;
  }

  // Back to where something else can be chosen.
  bool HasMore() {
    while (!way_.empty() && way_.back().next == way_.back().choices) {
      copies_.resize(way_.back().copy);
      left_.push_back(way_.back().state);
      is_on_way_[way_.back().state] = false;
      way_.pop_back();
    }
    return !way_.empty();
  }

  // On to an end or to a known state.
  bool Walk() {
    bool entered = true;
    if (known_.runs == 0) {
      BeginProgram(program_, state_.data(), nullptr);
      if (!Arrive(entered)) return false;
    } else {
      const Place& back = way_.back();
      UnpackWords(copies_.data() + back.copy, state_.data(), words_);
      if (!Step(entered)) return false;
    }
    while (entered && !is_end_) {
      if (!Step(entered)) return false;
    }
    return true;
  }

  // The next choice where the way has come to. entered: it led to a new state.
  bool Step(bool& entered) {
    Place& place = way_.back();
    const uint32_t choice_number = place.next++;
    const uint32_t from = place.state;
    const Choose choice = graph_.EdgesOf(from)[choice_number].choice;
    Apply(program_, state_.data(), choice.worker, choice.wakes, nullptr);
    steps_.resize(way_.size() - 1);
    if (!budget_.MakeRoom(steps_)) return false;
    steps_.push_back(choice);
    if (!Arrive(entered)) return false;
    graph_.Connect(from, choice_number, arrived_);
    return true;
  }

  // Where state_ is in the graph; puts it there, and on the way, if it is new.
  bool Arrive(bool& entered) {
    liveness_.Canonical(state_.data(), canonical_.data());
    const std::optional<StateStore::Known> state = store_.Add(canonical_.data());
    if (!state) return false;
    arrived_ = state->number;
    entered = state->is_new;
    if (entered) return Enter();
    known_.cyclic |= is_on_way_[arrived_];
    is_end_ = graph_.EdgesOf(arrived_).empty();
    return true;
  }

  bool Enter() {
    choices_.clear();
    AddChoices(program_, state_.data(), EnabledOf(program_, state_.data()), choices_);
    is_end_ = choices_.empty();
    // What can be refused comes first: a state that is in the graph is reached there.
    const size_t copy = copies_.size();
    if (choices_.size() > 1 && !KeepCopy()) return false;
    if (!budget_.MakeRoom(way_) || !budget_.MakeRoom(left_) || !budget_.MakeRoom(ends_) ||
        !graph_.Add(choices_, HasFailed(state_.data()))) {
      return false;
    }
    way_.push_back({arrived_, static_cast<uint32_t>(choices_.size()), 0, copy});
    is_on_way_.push_back(true);
    if (is_end_) ends_.push_back({arrived_, outcomes_.RowOf(state_.data())});
    return true;
  }

  // Where there is only one choice nobody comes back to.
  bool KeepCopy() {
    uint8_t* const end = PackWords(state_.data(), words_, packed_.data());
    if (!budget_.MakeRoom(copies_, static_cast<size_t>(end - packed_.data()))) return false;
    copies_.insert(copies_.end(), packed_.data(), end);
    return true;
  }

  const Program& program_;
  const SearchOptions options_;
  const size_t words_;
  ByteBudget budget_;
  const Liveness liveness_;
  StateStore store_;  // of canonical states: their numbers are those of the graph
  StateSpace graph_;
  OutcomeRows outcomes_;
  std::vector<End> ends_;
  std::vector<uint32_t> left_;  // states from which everything was walked, in that order

  std::vector<Place> way_;
  std::vector<bool> is_on_way_;  // by state
  std::vector<Choose> steps_;    // of the way, and the one that led from it to a known state
  std::vector<uint8_t> copies_;  // packed, of those on the way that the search comes back to
  std::vector<int64_t> state_;   // where it has come to: as it is, not canonical
  uint32_t arrived_ = 0;         // its number
  bool is_end_ = false;

  std::vector<int64_t> canonical_;
  std::vector<uint8_t> packed_;
  std::vector<Choose> choices_;
  Run run_;
  Exploration known_;
  bool over_ = false;
};

}  // namespace

std::unique_ptr<Search> MakeStateSearch(const Program& program, const SearchOptions& options) {
  return std::make_unique<StateSearch>(program, options);
}

}  // namespace ipclab
