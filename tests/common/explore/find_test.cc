// The first failure, by as few preemptions as it takes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/common/explore/explored.h"
#include "tests/common/oracle_programs.h"
#include "tests/common/program_run.h"
#include "tests/programs/catalogue.h"
#include "tests/programs/catalogue_cases.h"

namespace ipclab {
namespace {

using ::testing::Optional;

Exploration Found(const Program& program, int max_preemptions = 3) {
  return Explored(program, {.mode = SearchMode::kFind, .max_preemptions = max_preemptions});
}

constexpr std::string_view kElevenProgram = R"(
shared counter = 0
process P[2] { repeat 6 { counter = counter + 1 } }
finally counter != 11
)";

class CatalogueFindTest : public ::testing::TestWithParam<CatalogueCase> {};

TEST_P(CatalogueFindTest, FindsWhatFailsByTheFewestPreemptions) {
  const CatalogueCase& expected = GetParam();
  const Program program = CatalogueProgram(expected.program, expected.variant);
  const Exploration all = Found(program);
  EXPECT_TRUE(all.complete);
  EXPECT_EQ(all.truncated, 0);
  ASSERT_EQ(all.found.has_value(), expected.fails());
  if (!expected.fails()) {
    EXPECT_EQ(all.failing, 0u);
    ASSERT_TRUE(all.bound.has_value());
    return;
  }
  EXPECT_EQ(all.least_preemptions, expected.preemptions);
  EXPECT_EQ(CountPreemptions(program, *all.found), expected.preemptions);
  EXPECT_TRUE(FailsWithItsLastStep(program, *all.found));
  EXPECT_EQ(all.bound.value_or(-1), expected.preemptions - 1);
}

INSTANTIATE_TEST_SUITE_P(Catalogue, CatalogueFindTest, ::testing::ValuesIn(CatalogueCases()),
                         [](const auto& each) { return each.param.name(); });

TEST(FindTest, TheLastRunIsWhatIsFound) {
  const Program program = Compiled(kCounterProgram);
  const auto search = MakeSearch(program, {.mode = SearchMode::kFind});
  std::vector<Choose> last;
  while (const auto* const run = search->Next()) last.assign(run->steps.begin(), run->steps.end());
  EXPECT_THAT(search->Result().found, Optional(last));
}

TEST(FindTest, ABoundThatIsTooLowFindsNothingAndSaysSo) {
  const Program program = Compiled(kElevenProgram);
  const Exploration none = Found(program, 1);
  EXPECT_TRUE(none.complete);
  EXPECT_FALSE(none.exhausted);
  EXPECT_FALSE(none.found.has_value());
  EXPECT_THAT(none.bound, Optional(1));
  EXPECT_THAT(Found(program, 2).least_preemptions, Optional(2));
}

TEST(FindTest, WhereMorePreemptionsLeadToNothingNewAllWasLookedAt) {
  const Program program = Compiled(kTwoLocksProgram, {"same", {}});
  const Exploration all = Found(program);
  EXPECT_TRUE(all.exhausted);
  EXPECT_EQ(all.states, Counted(program).states);
}

// Each state by each worker that can lead to it is entered once, however many bounds there are.
TEST(FindTest, NothingIsLookedAtTwice) {
  const Program program = Compiled(kCounterProgram, {"mutex", {{"rounds", 3}}});
  std::vector<std::string> runs = RunsOf(program, {.mode = SearchMode::kFind});
  const size_t all = runs.size();
  std::sort(runs.begin(), runs.end());
  runs.erase(std::unique(runs.begin(), runs.end()), runs.end());
  EXPECT_EQ(runs.size(), all);
}

TEST(FindTest, AnAssertionThatFailsBeforeTheFirstStepIsFoundWithoutAny) {
  const Exploration all = Found(Compiled("shared x\nprocess P { assert 1 == 2; x = 1 }\n"));
  EXPECT_THAT(all.found, Optional(::testing::IsEmpty()));
  EXPECT_THAT(all.least_preemptions, Optional(0));
}

TEST(FindTest, WhatGoesRoundForEverEnds) {
  const Program program = Compiled(
      "shared x\n"
      "process Spin { while x == 0 { } }\n"
      "process Never { await(x == 1) }\n");
  const Exploration all = Found(program);
  EXPECT_TRUE(all.complete);
  EXPECT_EQ(all.truncated, 0);
  EXPECT_TRUE(all.exhausted);
}

TEST(FindTest, WhatIsTooLongIsTruncatedAndNotCalledComplete) {
  const Program program = Compiled(kCounterProgram, {"mutex", {{"rounds", 20}}});
  const Exploration all = Explored(program, {.mode = SearchMode::kFind, .max_steps = 50});
  EXPECT_GT(all.truncated, 0);
  EXPECT_FALSE(all.complete);
  EXPECT_FALSE(all.exhausted);
  EXPECT_FALSE(all.bound.has_value());
  EXPECT_EQ(all.stopped_at, "the limit of 50 steps of a schedule");
}

}  // namespace
}  // namespace ipclab
