// Every schedule of a small program over the model: each run to its end, or counted over the graph
// of its states. Nothing is left out and nothing is clever: what cleverer explorers are held
// against.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/program/apply.h"
#include "common/program/program.h"
#include "common/program/schedule.h"
#include "common/program/state.h"
#include "common/program/words.h"

namespace ipclab {

struct Outcome {
  int64_t schedules = 0;
  int least_preemptions = 0;  // by plain enumeration alone
};

struct Counts {
  int64_t schedules = 0;
  int64_t failing = 0;
  int64_t deadlocked = 0;
  int64_t states = 0;  // by states alone
  int least_preemptions_to_fail = -1;
  std::map<std::string, Outcome> outcomes;
};

// Calls with every choice that can be made.
template <class Call>
void ForEachChoice(const Program& program, const int64_t* state, const Call& call) {
  for (uint32_t rest = EnabledOf(program, state); rest != 0; rest &= rest - 1) {
    const auto worker = static_cast<int8_t>(std::countr_zero(rest));
    uint32_t woken = MayWake(program, state, worker);
    if (woken == 0) call(Choose{worker, -1});
    for (; woken != 0; woken &= woken - 1) {
      call(Choose{worker, static_cast<int8_t>(std::countr_zero(woken))});
    }
  }
}

// One after the other, by depth first search.
class PlainEnumeration {
 public:
  explicit PlainEnumeration(const Program& program) : program_(program) {
    std::vector<int64_t> state(program.state_words);
    BeginProgram(program, state.data(), nullptr);
    Visit(state.data(), -1, 0);
    for (const auto& [end, outcome] : ends_) Add(end, outcome);
  }

  const Counts& counts() const { return counts_; }

 private:
  static constexpr int kMostWords = 256;

  void Visit(const int64_t* state, int last, int preemptions) {
    const uint32_t enabled = EnabledOf(program_, state);
    if (enabled == 0) return NoteEnd(state, preemptions);
    ForEachChoice(program_, state, [&](const Choose& choice) {
      int64_t next[kMostWords];
      std::copy_n(state, program_.state_words, next);
      Apply(program_, next, choice.worker, choice.wakes, nullptr);
      const bool preempts = last >= 0 && last != choice.worker && (enabled >> last & 1) != 0;
      Visit(next, choice.worker, preemptions + (preempts ? 1 : 0));
    });
  }

  // By state, not by its words: there are millions of ends, and a handful of different ones.
  void NoteEnd(const int64_t* state, int preemptions) {
    const std::vector<int64_t> end(state, state + program_.state_words);
    const auto [found, is_new] = ends_.try_emplace(end, Outcome{0, preemptions});
    ++found->second.schedules;
    found->second.least_preemptions = std::min(found->second.least_preemptions, preemptions);
  }

  void Add(const std::vector<int64_t>& end, const Outcome& outcome) {
    counts_.schedules += outcome.schedules;
    if (State(program_, const_cast<int64_t*>(end.data())).failure().kind != FailureKind::kNone) {
      counts_.failing += outcome.schedules;
      int& least = counts_.least_preemptions_to_fail;
      if (least < 0 || outcome.least_preemptions < least) least = outcome.least_preemptions;
    }
    if (IsDeadlock(program_, end.data())) counts_.deadlocked += outcome.schedules;
    Outcome& named =
        counts_.outcomes
            .try_emplace(OutcomeText(program_, end.data()), Outcome{0, outcome.least_preemptions})
            .first->second;
    named.schedules += outcome.schedules;
    named.least_preemptions = std::min(named.least_preemptions, outcome.least_preemptions);
  }

  const Program& program_;
  std::map<std::vector<int64_t>, Outcome> ends_;
  Counts counts_;
};

// Each state expanded once; the schedules from it are the sum over its choices. Not for programs
// that can come back to a state.
class StateEnumeration {
 public:
  explicit StateEnumeration(const Program& program) : program_(program) {
    std::vector<int64_t> state(program.state_words);
    BeginProgram(program, state.data(), nullptr);
    const Tally& all = Visit(state);
    counts_.schedules = all.schedules;
    counts_.failing = all.failing;
    counts_.deadlocked = all.deadlocked;
    counts_.states = static_cast<int64_t>(known_.size());
    for (const auto& [outcome, schedules] : all.outcomes)
      counts_.outcomes[outcome] = {schedules, 0};
  }

  const Counts& counts() const { return counts_; }

 private:
  struct Tally {
    int64_t schedules = 0;
    int64_t failing = 0;
    int64_t deadlocked = 0;
    std::map<std::string, int64_t> outcomes;
  };

  const Tally& Visit(const std::vector<int64_t>& state) {
    const auto [found, is_new] = known_.try_emplace(state);
    Tally& tally = found->second;
    if (!is_new) return tally;
    if (EnabledOf(program_, state.data()) == 0) {
      tally.schedules = 1;
      tally.failing = state[0] != 0;
      tally.deadlocked = IsDeadlock(program_, state.data());
      tally.outcomes[OutcomeText(program_, state.data())] = 1;
      return tally;
    }
    ForEachChoice(program_, state.data(), [&](const Choose& choice) {
      std::vector<int64_t> next = state;
      Apply(program_, next.data(), choice.worker, choice.wakes, nullptr);
      const Tally& then = Visit(next);
      tally.schedules += then.schedules;
      tally.failing += then.failing;
      tally.deadlocked += then.deadlocked;
      for (const auto& [outcome, schedules] : then.outcomes) tally.outcomes[outcome] += schedules;
    });
    return tally;
  }

  const Program& program_;
  std::map<std::vector<int64_t>, Tally> known_;
  Counts counts_;
};

}  // namespace ipclab
