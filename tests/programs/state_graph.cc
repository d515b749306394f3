#include "tests/programs/state_graph.h"

#include <deque>
#include <functional>
#include <queue>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "common/program/apply.h"
#include "common/program/state.h"
#include "common/program/words.h"

namespace ipclab {
namespace {

using Words = std::vector<int64_t>;
using Counts = std::map<std::string, int64_t>;

// What lies behind a state, all of it, once known.
struct Beyond {
  bool on_path = true;
  bool counted = true;
  int64_t schedules = 0;
  int64_t failing = 0;
  Counts outcomes;
};

bool AddTo(int64_t& sum, int64_t number) { return !__builtin_add_overflow(sum, number, &sum); }

void Join(Beyond& whole, const Beyond& part) {
  whole.counted = whole.counted && part.counted && AddTo(whole.schedules, part.schedules) &&
                  AddTo(whole.failing, part.failing);
  for (const auto& [outcome, schedules] : part.outcomes) {
    if (whole.counted) whole.counted = AddTo(whole.outcomes[outcome], schedules);
  }
}

bool HasFailed(const Program& program, Words& words) {
  return State(program, words.data()).failure().kind != FailureKind::kNone;
}

bool ReachesGoal(const Program& program, const Words& words) {
  return program.goal >= 0 && Evaluate(program, words.data(), program.goal) != 0;
}

Words After(const Program& program, const Words& words, const Choose& choice) {
  Words next = words;
  Apply(program, next.data(), choice.worker, choice.wakes, nullptr);
  return next;
}

// Depth first; what is on the path has its words, what is behind only its counts.
class Exploration {
 public:
  Exploration(const Program& program, int64_t most) : program_(program), most_(most) {}

  StateGraph Run() {
    Words first(static_cast<size_t>(program_.state_words));
    BeginProgram(program_, first.data(), nullptr);
    const uint64_t root = HashOf(program_, first.data());
    Enter(std::move(first), root);
    while (!path_.empty() && graph_.complete) Advance();
    const Beyond& all = beyond_.at(root);
    if (graph_.complete && !graph_.cyclic && all.counted) {
      graph_.schedules = all.schedules;
      graph_.failing = all.failing;
      graph_.outcomes = all.outcomes;
    }
    return std::move(graph_);
  }

 private:
  struct Place {
    Words words;
    uint64_t hash;
    std::vector<Choose> choices;
    size_t next = 0;
  };

  void Enter(Words words, uint64_t hash) {
    beyond_.emplace(hash, Beyond{});
    ++graph_.states;
    graph_.complete = graph_.states <= most_;
    graph_.failing_states += HasFailed(program_, words);
    std::vector<Choose> choices = ChoicesOf(program_, words.data());
    path_.push_back({std::move(words), hash, std::move(choices)});
  }

  void Advance() {
    Place& place = path_.back();
    if (place.next == place.choices.size()) return Leave();
    Words words = After(program_, place.words, place.choices[place.next++]);
    const uint64_t hash = HashOf(program_, words.data());
    const auto known = beyond_.find(hash);
    if (known == beyond_.end()) return Enter(std::move(words), hash);
    graph_.cyclic = graph_.cyclic || known->second.on_path;
    Join(beyond_.at(place.hash), known->second);
  }

  void Leave() {
    Place place = std::move(path_.back());
    path_.pop_back();
    Beyond& beyond = beyond_.at(place.hash);
    beyond.on_path = false;
    if (place.choices.empty()) {
      ++graph_.ends;
      graph_.deadlocks += IsDeadlock(program_, place.words.data());
      graph_.goals += ReachesGoal(program_, place.words);
      beyond.schedules = 1;
      beyond.failing = HasFailed(program_, place.words);
      beyond.outcomes = {{OutcomeText(program_, place.words.data()), 1}};
    }
    if (!path_.empty()) Join(beyond_.at(path_.back().hash), beyond);
  }

  const Program& program_;
  const int64_t most_;
  StateGraph graph_;
  std::vector<Place> path_;
  std::unordered_map<uint64_t, Beyond> beyond_;
};

// What a search has come to: a state, and the last step to it.
struct Found {
  Words words;
  size_t before = 0;
  Choose choice;
};

using Rank = std::tuple<int, int, size_t>;  // preemptions, steps, place: the least comes first

std::vector<Choose> StepsTo(const std::deque<Found>& all, size_t place) {
  std::vector<Choose> steps;
  for (; place != 0; place = all[place].before) steps.push_back(all[place].choice);
  return {steps.rbegin(), steps.rend()};
}

}  // namespace

std::vector<Choose> ChoicesOf(const Program& program, const int64_t* state) {
  std::vector<Choose> choices;
  const uint32_t enabled = EnabledOf(program, state);
  for (int8_t worker = 0; worker < static_cast<int8_t>(program.workers.size()); ++worker) {
    if ((enabled >> worker & 1) == 0) continue;
    const uint32_t may_wake = MayWake(program, state, worker);
    if (may_wake == 0) choices.push_back({worker, -1});
    for (int8_t woken = 0; woken < static_cast<int8_t>(ProgramLimits::kWorkers); ++woken) {
      if ((may_wake >> woken & 1) != 0) choices.push_back({worker, woken});
    }
  }
  return choices;
}

StateGraph ExploreStates(const Program& program, int64_t most_states) {
  return Exploration(program, most_states).Run();
}

std::optional<std::vector<Choose>> FindFailing(const Program& program, int64_t most_states) {
  std::deque<Found> all;  // a deque: what is found stays where it is
  std::unordered_set<uint64_t> done;
  std::priority_queue<Rank, std::vector<Rank>, std::greater<>> next;
  Words first(static_cast<size_t>(program.state_words));
  BeginProgram(program, first.data(), nullptr);
  all.push_back({std::move(first), 0, {-1, -1}});
  next.push({0, 0, 0});
  while (!next.empty() && static_cast<int64_t>(done.size()) < most_states) {
    const auto [preemptions, steps, place] = next.top();
    next.pop();
    Found& found = all[place];
    const int last = found.choice.worker;
    // Who made the last step decides what is a preemption, so that is a part of where one is.
    const uint64_t hash = HashOf(program, found.words.data());
    if (!done.insert(hash * 31 + static_cast<uint64_t>(last + 1)).second) continue;
    if (HasFailed(program, found.words)) return StepsTo(all, place);
    const uint32_t enabled = EnabledOf(program, found.words.data());
    const bool can_go_on = last >= 0 && (enabled >> last & 1) != 0;
    for (const Choose& choice : ChoicesOf(program, found.words.data())) {
      all.push_back({After(program, found.words, choice), place, choice});
      next.push({preemptions + (can_go_on && choice.worker != last), steps + 1, all.size() - 1});
    }
    found.words = {};
  }
  return std::nullopt;
}

}  // namespace ipclab
