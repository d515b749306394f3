// Independent steps can be exchanged: whoever goes first, it is the same state behind both. What
// partial order reduction rests on.

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "common/explore/dependency.h"
#include "common/program/apply.h"
#include "common/program/words.h"
#include "tests/common/enumerate.h"
#include "tests/common/explore/random_program.h"
#include "tests/common/program_run.h"
#include "tests/programs/catalogue.h"
#include "tests/programs/catalogue_cases.h"

namespace ipclab {
namespace {

using Words = std::vector<int64_t>;

constexpr int kLongest = 200;

Words After(const Program& program, Words state, const Choose& choice) {
  Apply(program, state.data(), choice.worker, choice.wakes, nullptr);
  return state;
}

// Of the failure only that there is one: which of two comes first depends on their order.
Words Compared(Words state) {
  state[0] = state[0] != 0;
  state[1] = state[2] = 0;
  return state;
}

bool IsEnabled(const Program& program, const Words& state, int worker) {
  return ReadinessOf(program, state.data(), worker) == Readiness::kReady;
}

Footprint FootprintOfNext(const Program& program, const Words& state, int worker) {
  return FootprintOf(program, Announce(program, state.data(), worker));
}

// How many pairs were exchanged.
int ExpectThatIndependentStepsCommute(const Program& program, const Words& state) {
  int pairs = 0;
  ForEachChoice(program, state.data(), [&](const Choose& a) {
    ForEachChoice(program, state.data(), [&](const Choose& b) {
      if (a.worker >= b.worker) return;
      if (AreDependent(FootprintOfNext(program, state, a.worker),
                       FootprintOfNext(program, state, b.worker))) {
        return;
      }
      ++pairs;
      const Words first = After(program, state, a);
      const Words second = After(program, state, b);
      const std::string both = OperationText(program, Announce(program, state.data(), a.worker)) +
                               " and " +
                               OperationText(program, Announce(program, state.data(), b.worker));
      ASSERT_TRUE(IsEnabled(program, first, b.worker)) << both;
      ASSERT_TRUE(IsEnabled(program, second, a.worker)) << both;
      EXPECT_EQ(Compared(After(program, first, b)), Compared(After(program, second, a))) << both;
    });
  });
  return pairs;
}

// Along courses that are drawn by lot.
int ExpectThatTheyCommuteAlong(const Program& program, uint32_t seed, int courses) {
  std::mt19937 lots(seed);
  int pairs = 0;
  for (int course = 0; course < courses; ++course) {
    Words state(static_cast<size_t>(program.state_words));
    BeginProgram(program, state.data(), nullptr);
    for (int step = 0; step < kLongest && !::testing::Test::HasFailure(); ++step) {
      pairs += ExpectThatIndependentStepsCommute(program, state);
      std::vector<Choose> choices;
      ForEachChoice(program, state.data(), [&](const Choose& each) { choices.push_back(each); });
      if (choices.empty()) break;
      state = After(program, std::move(state), choices[lots() % choices.size()]);
    }
  }
  return pairs;
}

TEST(CommutingTest, IndependentStepsOfTheCatalogue) {
  int pairs = 0;
  for (const CatalogueCase& each : CatalogueCases()) {
    SCOPED_TRACE(each.name());
    pairs += ExpectThatTheyCommuteAlong(CatalogueProgram(each.program, each.variant), 1, 30);
  }
  EXPECT_GT(pairs, 10'000);
}

TEST(CommutingTest, IndependentStepsOfProgramsByLot) {
  int pairs = 0;
  for (uint32_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    pairs += ExpectThatTheyCommuteAlong(Compiled(RandomProgram(seed)), seed, 10);
  }
  EXPECT_GT(pairs, 10'000);
}

}  // namespace
}  // namespace ipclab
