// Every way in which a program can end, by its distinct states: nothing is left out and nothing is
// clever. What reduced searches are held against.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "common/explore/search.h"
#include "common/program/apply.h"
#include "common/program/program.h"
#include "common/program/words.h"
#include "tests/common/enumerate.h"

namespace ipclab {

// The outcome, whether a check failed on the way, whether it is a deadlock.
using Ends = std::set<std::tuple<std::string, bool, bool>>;

inline Ends AllEnds(const Program& program) {
  std::vector<int64_t> first(static_cast<size_t>(program.state_words));
  BeginProgram(program, first.data(), nullptr);
  std::set<std::vector<int64_t>> known{first};
  std::vector<std::vector<int64_t>> left{first};
  Ends ends;
  while (!left.empty()) {
    const std::vector<int64_t> state = std::move(left.back());
    left.pop_back();
    if (EnabledOf(program, state.data()) == 0) {
      ends.insert(
          {OutcomeText(program, state.data()), state[0] != 0, IsDeadlock(program, state.data())});
    }
    ForEachChoice(program, state.data(), [&](const Choose& choice) {
      std::vector<int64_t> next = state;
      Apply(program, next.data(), choice.worker, choice.wakes, nullptr);
      if (known.insert(next).second) left.push_back(std::move(next));
    });
  }
  return ends;
}

inline Ends EndsOf(const Exploration& exploration) {
  Ends ends;
  for (const OutcomeTally& each : exploration.outcomes) {
    ends.insert({each.outcome, each.failing, each.deadlocked});
  }
  return ends;
}

}  // namespace ipclab
