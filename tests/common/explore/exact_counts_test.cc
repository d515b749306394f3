// The exact numbers that were reproduced by two independent models, by states and by every
// schedule.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/common/explore/explored.h"
#include "tests/common/oracle_programs.h"
#include "tests/common/program_run.h"

namespace ipclab {
namespace {

using ::testing::Optional;

ProgramChoice CounterChoice(int64_t workers, int64_t rounds, const char* variant = "racy") {
  return {variant, {{"workers", workers}, {"rounds", rounds}}};
}

std::map<std::string, int64_t> FinalsOfTwoBySix() {
  return {{"counter=2", 8},       {"counter=3", 320},     {"counter=4", 5'504},
          {"counter=5", 51'968},  {"counter=6", 374'056}, {"counter=7", 793'952},
          {"counter=8", 841'552}, {"counter=9", 477'216}, {"counter=10", 139'648},
          {"counter=11", 19'008}, {"counter=12", 924}};
}

struct ExactCase {
  std::string name;
  std::string_view source;
  ProgramChoice choice;
  Count schedules;
  Count failing;
  Count deadlocked;
  int64_t states;  // -1: not in the table
  std::optional<int> least_preemptions;
};

void PrintTo(const ExactCase& each, std::ostream* out) { *out << each.name; }

class ExactCountTest : public ::testing::TestWithParam<std::tuple<ExactCase, Reduction>> {};

TEST_P(ExactCountTest, IsCounted) {
  const auto& [expected, reduction] = GetParam();
  const Program program = Compiled(expected.source, expected.choice);
  const Exploration all = Counted(program, reduction);
  EXPECT_TRUE(all.complete);
  EXPECT_FALSE(all.cyclic);
  EXPECT_EQ(CountText(all.schedules), CountText(expected.schedules));
  EXPECT_EQ(CountText(all.failing), CountText(expected.failing));
  EXPECT_EQ(CountText(all.deadlocked), CountText(expected.deadlocked));
  EXPECT_EQ(all.least_preemptions, expected.least_preemptions);
  EXPECT_EQ(all.found.has_value(), expected.failing > 0);
  EXPECT_TRUE(!all.found || FailsWithItsLastStep(program, *all.found));
  if (reduction == Reduction::kStates && expected.states >= 0) {
    EXPECT_EQ(all.states, expected.states);
  }
}

const ExactCase kExactCases[] = {
    {"counter_2x1", kCounterProgram, CounterChoice(2, 1), 6, 4, 0, 12, 1},
    {"counter_2x2", kCounterProgram, CounterChoice(2, 2), 70, 64, 0, -1, 1},
    {"counter_3x1", kCounterProgram, CounterChoice(3, 1), 90, 84, 0, -1, 1},
    {"mutex_2x6", kCounterProgram, CounterChoice(2, 6, "mutex"), 924, 0, 0, -1, std::nullopt},
    {"locks_opposite", kTwoLocksProgram, {"opposite", {}}, 6, 2, 2, -1, 1},
    {"locks_same", kTwoLocksProgram, {"same", {}}, 2, 0, 0, -1, std::nullopt},
    {"philosophers", kPhilosophersProgram, {"left_first", {}}, 168, 6, 6, -1, 1},
    {"philosophers_ordered", kPhilosophersProgram, {"ordered", {}}, 142, 0, 0, -1, std::nullopt},
    {"room", kRoomProgram, {}, 2'550, 0, 0, -1, std::nullopt},
};

INSTANTIATE_TEST_SUITE_P(Oracle, ExactCountTest,
                         ::testing::Combine(::testing::ValuesIn(kExactCases),
                                            ::testing::Values(Reduction::kStates,
                                                              Reduction::kNone)),
                         [](const auto& each) {
                           return std::get<0>(each.param).name +
                                  (std::get<1>(each.param) == Reduction::kStates ? "_by_states"
                                                                                 : "_by_schedules");
                         });

TEST(ExactCountsTest, TwoBySixByStates) {
  const Exploration all = Counted(Compiled(kCounterProgram, CounterChoice(2, 6)));
  EXPECT_EQ(all.states, 2'663);
  EXPECT_EQ(CountText(all.schedules), "2704156");
  EXPECT_EQ(CountText(all.failing), "2703232");
  EXPECT_EQ(SchedulesByOutcome(all), FinalsOfTwoBySix());
}

#ifndef IPCLAB_SANITIZE  // ten million steps
TEST(ExactCountsTest, TwoBySixByEverySchedule) {
  const Program program = Compiled(kCounterProgram, CounterChoice(2, 6));
  const auto search =
      MakeSearch(program, {.mode = SearchMode::kCount, .reduction = Reduction::kNone});
  while (search->Next() != nullptr) {
  }
  const Exploration all = search->Result();
  EXPECT_TRUE(all.complete);
  EXPECT_EQ(all.runs, 2'704'156);
  EXPECT_EQ(CountText(all.failing), "2703232");
  EXPECT_EQ(SchedulesByOutcome(all), FinalsOfTwoBySix());
}
#endif

TEST(ExactCountsTest, ThreeByFourByStates) {
  const Exploration all = Counted(Compiled(kCounterProgram, CounterChoice(3, 4)));
  EXPECT_EQ(all.states, 42'237);
  EXPECT_EQ(CountText(all.schedules), "9465511770");
}

TEST(ExactCountsTest, ExactlyElevenNeedsTwoPreemptions) {
  const Exploration all = Counted(Compiled(R"(
shared counter = 0
process P[2] { repeat 6 { counter = counter + 1 } }
finally counter != 11
)"));
  EXPECT_EQ(CountText(all.failing), "19008");
  EXPECT_THAT(all.least_preemptions, Optional(2));
}

// The step that fails is the second; the schedules go on to their ends and count once each.
TEST(ExactCountsTest, AFailedCheckCutsNoScheduleShort) {
  const Program program = Compiled(R"(
shared x, y
process P { x = 1; y = 1; y = 2 }
process Q { y = 3 }
always x == 0
)");
  for (const Reduction reduction : {Reduction::kStates, Reduction::kNone}) {
    const Exploration all = Counted(program, reduction);
    EXPECT_EQ(CountText(all.schedules), "4");
    EXPECT_EQ(CountText(all.failing), "4");
    EXPECT_THAT(all.least_preemptions, Optional(0));
    EXPECT_EQ(all.found->size(), 1u);
  }
}

TEST(ExactCountsTest, WhatIsOverAtStepZeroHasOneScheduleOfNoSteps) {
  const Program program = Compiled("process P { print \"here\" }\nshared x = 1\nfinally x == 2\n");
  for (const Reduction reduction : {Reduction::kStates, Reduction::kNone}) {
    const Exploration all = Counted(program, reduction);
    EXPECT_EQ(CountText(all.schedules), "1");
    EXPECT_EQ(CountText(all.failing), "1");
    EXPECT_EQ(all.runs, 1);
    EXPECT_EQ(all.steps, 0);
    EXPECT_THAT(all.found, Optional(::testing::IsEmpty()));
  }
}

TEST(ExactCountsTest, DporFindsEveryOutcomeByFewerRuns) {
  const Program program = Compiled(kPhilosophersProgram, {"left_first", {}});
  const Exploration some = Counted(program, Reduction::kDpor);
  const Exploration all = Counted(program, Reduction::kNone);
  EXPECT_TRUE(some.complete);
  EXPECT_LT(some.runs, all.runs);
  ASSERT_EQ(some.outcomes.size(), all.outcomes.size());
  for (size_t i = 0; i < all.outcomes.size(); ++i) {
    EXPECT_EQ(some.outcomes[i].outcome, all.outcomes[i].outcome);
    EXPECT_EQ(some.outcomes[i].failing, all.outcomes[i].failing);
  }
}

TEST(ExactCountsTest, OneOutcomeHasTwoRowsWhereSomeFailAndOthersDoNot) {
  const Exploration all = Counted(Compiled(R"(
shared x, y
process P { x = 1; y = 1 }
process Q { y = 1 }
always x >= y
)"));
  ASSERT_EQ(all.outcomes.size(), 2u);
  EXPECT_EQ(all.outcomes[0].outcome, "x=1, y=1");
  EXPECT_EQ(all.outcomes[1].outcome, "x=1, y=1");
  EXPECT_FALSE(all.outcomes[0].failing);
  EXPECT_TRUE(all.outcomes[1].failing);
  EXPECT_EQ(all.outcomes[0].schedules, 2u);
  EXPECT_EQ(all.outcomes[1].schedules, 1u);
}

}  // namespace
}  // namespace ipclab
