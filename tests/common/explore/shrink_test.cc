// A failing schedule becomes as short as it can be, and fails by the same check.

#include "common/explore/shrink.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "common/explore/nearest_failure.h"
#include "common/program/apply.h"
#include "common/program/state.h"
#include "tests/common/enumerate.h"
#include "tests/common/explore/explored.h"
#include "tests/common/oracle_programs.h"
#include "tests/common/program_run.h"
#include "tests/programs/catalogue.h"
#include "tests/programs/catalogue_cases.h"
#include "tests/programs/state_graph.h"

namespace ipclab {
namespace {

Failure FailureOf(const Program& program, const std::vector<Choose>& steps) {
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  EXPECT_TRUE(Follow(program, steps, state.data()).ok());
  return State(program, state.data()).failure();
}

// A schedule by lot that fails with its last step.
std::vector<Choose> FailingByLot(const Program& program, uint32_t seed) {
  std::mt19937 lots(seed);
  for (;;) {
    std::vector<int64_t> state(static_cast<size_t>(program.state_words));
    BeginProgram(program, state.data(), nullptr);
    std::vector<Choose> steps;
    while (steps.size() < 1'000) {
      std::vector<Choose> choices;
      ForEachChoice(program, state.data(), [&](const Choose& each) { choices.push_back(each); });
      if (choices.empty()) break;
      steps.push_back(choices[lots() % choices.size()]);
      const Choose& last = steps.back();
      if (Apply(program, state.data(), last.worker, last.wakes, nullptr).failed) return steps;
    }
  }
}

class ShrinkCatalogueTest : public ::testing::TestWithParam<CatalogueCase> {};

TEST_P(ShrinkCatalogueTest, LosesNoFailureAndIsTheLeast) {
  const Program program = CatalogueProgram(GetParam().program, GetParam().variant);
  for (uint32_t seed = 1; seed <= 5; ++seed) {
    const std::vector<Choose> failing = FailingByLot(program, seed);
    const Shrunk shrunk = Shrink(program, failing);
    SCOPED_TRACE(FormatItems(program, failing) + " -> " + FormatItems(program, shrunk.steps));
    EXPECT_TRUE(AreSameFault(FailureOf(program, shrunk.steps), FailureOf(program, failing)));
    EXPECT_TRUE(FailsWithItsLastStep(program, shrunk.steps));
    EXPECT_EQ(shrunk.preemptions, CountPreemptions(program, shrunk.steps));
    EXPECT_TRUE(shrunk.least);
    // The table has the least of all failures; a program can have several.
    const bool is_that_one = AreSameFault(FailureOf(program, shrunk.steps),
                                          FailureOf(program, StepsOf(GetParam().schedule)));
    EXPECT_GE(shrunk.preemptions, GetParam().preemptions);
    if (!is_that_one) continue;
    EXPECT_EQ(shrunk.preemptions, GetParam().preemptions);
    EXPECT_EQ(shrunk.steps.size(), StepsOf(GetParam().schedule).size());
  }
}

std::vector<CatalogueCase> FailingCases() {
  std::vector<CatalogueCase> cases;
  for (const CatalogueCase& each : CatalogueCases()) {
    if (each.fails()) cases.push_back(each);
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, ShrinkCatalogueTest, ::testing::ValuesIn(FailingCases()),
                         [](const auto& each) { return each.param.name(); });

TEST(ShrinkTest, HasTheLeastPreemptionsOfAllSchedules) {
  const Program program = Compiled(kCounterProgram, {"racy", {{"rounds", 2}}});
  const Shrunk shrunk = Shrink(program, FailingByLot(program, 3));
  EXPECT_TRUE(shrunk.least);
  EXPECT_EQ(shrunk.preemptions, PlainEnumeration(program).counts().least_preemptions_to_fail);
}

// It takes eight preemptions at least: of twelve turns one is the first, and three come free when
// somebody has come to its end.
TEST(ShrinkTest, GetsShorterWhereThereAreTooManyStates) {
  const Program program = Compiled(R"(
shared last = 0
shared turns = 0
process P[4] {
  repeat 6 {
    if exchange(last, self + 1) != self + 1 { atomic_add(turns, 1) }
  }
}
finally turns < 12
)");
  const std::vector<Choose> failing = FailingByLot(program, 1);
  const Shrunk shrunk = Shrink(program, failing);
  EXPECT_FALSE(shrunk.least);
  EXPECT_TRUE(FailsWithItsLastStep(program, shrunk.steps));
  EXPECT_GT(CountPreemptions(program, failing), 16);
  EXPECT_GE(shrunk.preemptions, 8);
  EXPECT_LE(shrunk.preemptions, 10) << FormatItems(program, shrunk.steps);
  EXPECT_EQ(shrunk.preemptions, CountPreemptions(program, shrunk.steps));
}

TEST(ShrinkTest, EndsWithTheStepThatFails) {
  const Program program = CatalogueProgram("withdrawal", "unguarded");
  std::vector<Choose> failing = StepsOf("A! B2 A");
  const size_t least = failing.size();
  const Program longer = Compiled(R"(
shared x = 0
process P { x = 1; x = 2; x = 3 }
always x < 2
)");
  EXPECT_EQ(Shrink(program, failing).steps.size(), least);
  EXPECT_EQ(Shrink(longer, StepsOf("A3")).steps.size(), 2u);
}

TEST(ShrinkTest, LeavesAScheduleThatDoesNotFailAlone) {
  const Program program = CatalogueProgram("lost_update");
  const std::vector<Choose> passing = StepsOf("A2 B2");
  const Shrunk shrunk = Shrink(program, passing);
  EXPECT_EQ(shrunk.steps, passing);
  EXPECT_FALSE(shrunk.least);
}

}  // namespace
}  // namespace ipclab
