// Every program of the catalogue, searched: by its states, by every schedule, and by a model that
// knows nothing of either.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/common/enumerate.h"
#include "tests/common/explore/explored.h"
#include "tests/programs/catalogue.h"
#include "tests/programs/catalogue_cases.h"

namespace ipclab {
namespace {

// What is more takes longer by every schedule than a test may.
#ifdef IPCLAB_SANITIZE
constexpr int64_t kFewSchedules = 3'000;
#else
constexpr int64_t kFewSchedules = 100'000;
#endif

Program SearchedProgram(const CatalogueCase& each) {
  return CatalogueProgram(each.program, each.variant);
}

class CatalogueSearchTest : public ::testing::TestWithParam<CatalogueCase> {};

TEST_P(CatalogueSearchTest, ByStatesHasTheCountsOfTheTable) {
  const CatalogueCase& expected = GetParam();
  const Program program = SearchedProgram(expected);
  const Exploration all = Counted(program);
  EXPECT_TRUE(all.complete);
  EXPECT_FALSE(all.overflow);
  // There dead locals make a difference.
  EXPECT_LE(all.states, expected.states);
  EXPECT_EQ(all.cyclic, expected.schedules == kCircular);
  EXPECT_EQ(CountText(all.schedules), CountText(all.cyclic ? 0 : expected.schedules));
  EXPECT_EQ(CountText(all.failing), CountText(all.cyclic ? 0 : expected.failing));
}

TEST_P(CatalogueSearchTest, ByStatesFindsALeastFailure) {
  const CatalogueCase& expected = GetParam();
  const Program program = SearchedProgram(expected);
  const Exploration all = Counted(program);
  ASSERT_EQ(all.found.has_value(), expected.fails());
  if (!expected.fails()) return;
  EXPECT_EQ(all.least_preemptions, expected.preemptions);
  EXPECT_EQ(CountPreemptions(program, *all.found), expected.preemptions);
  EXPECT_EQ(all.found->size(), StepsOf(expected.schedule).size());
  EXPECT_TRUE(FailsWithItsLastStep(program, *all.found));
}

TEST_P(CatalogueSearchTest, BothWaysOfCountingSayTheSame) {
  const int64_t schedules = GetParam().schedules;
  if (schedules < 0 || schedules > kFewSchedules) return;
  const Program program = SearchedProgram(GetParam());
  const Exploration states = Counted(program);
  const Exploration each = Counted(program, Reduction::kNone);
  EXPECT_EQ(CountText(states.schedules), CountText(each.schedules));
  EXPECT_EQ(CountText(states.failing), CountText(each.failing));
  EXPECT_EQ(CountText(states.deadlocked), CountText(each.deadlocked));
  EXPECT_EQ(states.least_preemptions, each.least_preemptions);
  EXPECT_EQ(SchedulesByOutcome(states), SchedulesByOutcome(each));
  ASSERT_EQ(states.outcomes.size(), each.outcomes.size());
  for (size_t i = 0; i < each.outcomes.size(); ++i) {
    EXPECT_EQ(states.outcomes[i].outcome, each.outcomes[i].outcome);
    EXPECT_EQ(states.outcomes[i].failing, each.outcomes[i].failing);
    EXPECT_EQ(states.outcomes[i].deadlocked, each.outcomes[i].deadlocked);
  }
}

TEST_P(CatalogueSearchTest, AModelOfItsOwnSaysTheSame) {
  const int64_t schedules = GetParam().schedules;
  if (schedules < 0 || schedules > kFewSchedules) return;
  const Program program = SearchedProgram(GetParam());
  const Counts expected = PlainEnumeration(program).counts();
  const Exploration all = Counted(program);
  EXPECT_EQ(CountText(all.schedules), CountText(static_cast<Count>(expected.schedules)));
  EXPECT_EQ(CountText(all.failing), CountText(static_cast<Count>(expected.failing)));
  EXPECT_EQ(CountText(all.deadlocked), CountText(static_cast<Count>(expected.deadlocked)));
  EXPECT_EQ(all.least_preemptions.value_or(-1), expected.least_preemptions_to_fail);
  std::map<std::string, int64_t> outcomes;
  for (const auto& [text, outcome] : expected.outcomes) outcomes[text] = outcome.schedules;
  EXPECT_EQ(SchedulesByOutcome(all), outcomes);
}

INSTANTIATE_TEST_SUITE_P(Catalogue, CatalogueSearchTest, ::testing::ValuesIn(CatalogueCases()),
                         [](const auto& each) { return each.param.name(); });

}  // namespace
}  // namespace ipclab
