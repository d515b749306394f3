// A schedule as a line of text, there and back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/program/words.h"
#include "tests/common/program_run.h"

namespace ipclab {
namespace {

using testing::HasSubstr;

constexpr const char* kRacy = R"(
param workers = 2 in 1..8
param rounds = 1 in 1..10
variant racy, mutex
shared counter
mutex m
process P[workers] {
  repeat rounds {
    if variant == mutex { lock(m) }
    counter = counter + 1
    if variant == mutex { unlock(m) }
  }
}
)";

std::vector<Choose> StepsOf(std::string_view items) {
  const absl::StatusOr<Schedule> schedule = ParseSchedule(items);
  EXPECT_TRUE(schedule.ok()) << schedule.status();
  return schedule.ok() ? schedule->steps : std::vector<Choose>{};
}

std::string ErrorOf(const absl::Status& status) {
  return status.code() == absl::StatusCode::kInvalidArgument ? std::string(status.message())
                                                             : status.ToString();
}

TEST(ScheduleTest, ItemsAreLettersCountsAndWakes) {
  const std::vector<Choose> expected = {{0, -1}, {1, -1}, {1, -1}, {0, -1}, {2, 15}};
  EXPECT_EQ(StepsOf("A B2 A! C>P"), expected);
  EXPECT_EQ(StepsOf("  A!\tB2!  A\nC>P! "), expected) << "blanks and marks are free";
}

TEST(ScheduleTest, AWholeLineNamesProgramVariantParametersAndHash) {
  const absl::StatusOr<Schedule> schedule =
      ParseSchedule("lost_update racy workers=3 rounds=-2 @3f9a01c2 : A B2");
  ASSERT_TRUE(schedule.ok()) << schedule.status();
  EXPECT_EQ(schedule->program, "lost_update");
  EXPECT_EQ(schedule->variant, "racy");
  EXPECT_EQ(schedule->parameters, (std::map<std::string, int64_t>{{"workers", 3}, {"rounds", -2}}));
  EXPECT_EQ(schedule->hash, "3f9a01c2");
  EXPECT_EQ(schedule->steps.size(), 3u);
}

TEST(ScheduleTest, VariantParametersHashAndItemsMayBeAbsent) {
  const absl::StatusOr<Schedule> schedule = ParseSchedule("lost_update:");
  ASSERT_TRUE(schedule.ok()) << schedule.status();
  EXPECT_EQ(schedule->program, "lost_update");
  EXPECT_EQ(schedule->variant + schedule->hash, "");
  EXPECT_TRUE(schedule->steps.empty());
  EXPECT_TRUE(StepsOf("").empty());
}

struct WrongSchedule {
  const char* text;
  const char* error;
};

TEST(ScheduleTest, WhatIsWrongIsNamedWithWhatIsExpected) {
  constexpr const char* kLetter = "expected a worker's letter, A to P, and a count: A, B2, A>B";
  constexpr const char* kCount = "expected a count from 1 to 100000 behind the letter, as in A2";
  constexpr const char* kWoken = "expected the letter of one worker that is woken behind '>': A>B";
  const std::vector<WrongSchedule> wrong = {
      {"A b", kLetter},
      {"Q", kLetter},
      {"2A", kLetter},
      {"!", kLetter},
      {"A0", kCount},
      {"A-1", kCount},
      {"A100001", kCount},
      {"A99999999999999999999", kCount},
      {"A2x", kCount},
      {"A!!", kCount},
      {"A!2", kCount},
      {"A>", kWoken},
      {"A>b", kWoken},
      {"A>B2", kWoken},
      {"A>A", "a worker cannot wake itself"},
      {"A~kill", "faults and timeouts are not known"},
      {"A@timeout", "faults and timeouts are not known"},
      {"A100000 B", "a schedule has at most 100000 steps"},
      {": A", "expected the program's name before ':'"},
      {"p @xyz : A", "'@xyz': expected a hash as @3f9a01c2"},
      {"p @3F9A01C2 : A", "expected a hash as @3f9a01c2"},
      {"p workers= : A", "'workers=': expected a parameter as workers=2"},
      {"p =2 : A", "expected a parameter as workers=2"},
      {"p n=2x : A", "expected a parameter as workers=2"},
      {"p n=1 n=2 : A", "'n=2': this parameter was given before"},
      {"p racy other : A", "'other': expected a parameter as workers=2, a hash"},
  };
  for (const WrongSchedule& each : wrong) {
    EXPECT_THAT(ErrorOf(ParseSchedule(each.text).status()), HasSubstr(each.error)) << each.text;
  }
}

TEST(ScheduleTest, ALongItemIsNamedByItsBeginning) {
  const std::string error = ErrorOf(ParseSchedule(std::string(100'000, 'x')).status());
  EXPECT_THAT(error, HasSubstr("'xxxxxxxxxxxxxxxxxxxxxxxx...'"));
  EXPECT_LT(error.size(), 200u);
}

TEST(ScheduleTest, StepsAreWrittenWithCountsAndMarksAfterWhatWasPreempted) {
  const Program program = Compiled(kRacy);
  EXPECT_EQ(FormatItems(program, StepsOf("A A B B")), "A2 B2") << "A had come to its end";
  EXPECT_EQ(FormatItems(program, StepsOf("A B2 A")), "A! B2 A");
  EXPECT_EQ(FormatItems(program, {}), "");
  EXPECT_EQ(CountPreemptions(program, StepsOf("A A B B")), 0);
  EXPECT_EQ(CountPreemptions(program, StepsOf("A B B A")), 1);
  EXPECT_EQ(CountPreemptions(program, StepsOf("A B A B")), 2);
}

TEST(ScheduleTest, BlockingIsNoPreemption) {
  const Program program = Compiled(kRacy, {"mutex", {}});
  EXPECT_EQ(FormatItems(program, StepsOf("A4 B4")), "A4 B4");
  EXPECT_EQ(FormatItems(program, StepsOf("A B")), "A B") << "B cannot: so far and no further";
  const Program locks = Compiled(R"(
mutex m, n
process A { lock(m); lock(n); unlock(n); unlock(m) }
process B { lock(n); unlock(n) }
)");
  EXPECT_EQ(FormatItems(locks, StepsOf("B A B A3")), "B! A B A3");
}

TEST(ScheduleTest, AWholeLineHasOnlyTheParametersThatAreNotTheDefault) {
  const Program program = Compiled(kRacy, {"", {{"workers", 3}, {"rounds", 1}}});
  const std::string line = FormatSchedule(program, StepsOf("A B2 A"));
  EXPECT_EQ(line, "program racy workers=3 @" + HashText(program) + " : A! B2 A");
  EXPECT_EQ(FormatSchedule(program, {}), "program racy workers=3 @" + HashText(program) + " :");
}

TEST(ScheduleTest, WhatIsWrittenReadsAsItWas) {
  const Program program = Compiled(R"(
mutex m
condition c
process P[2] { lock(m); cond_wait(c, m); unlock(m) }
process S { signal(c); signal(c); broadcast(c) }
)");
  const std::vector<Choose> steps = StepsOf("A2 B2 C>B B2 C A2 C");
  const std::string line = FormatSchedule(program, steps);
  EXPECT_THAT(line, HasSubstr(": A2 B2 C>B! B2 C! A2 C"));
  const absl::StatusOr<Schedule> schedule = ParseSchedule(line);
  ASSERT_TRUE(schedule.ok()) << schedule.status();
  EXPECT_EQ(schedule->steps, steps);
  EXPECT_EQ(schedule->hash, HashText(program));
  EXPECT_EQ(FormatSchedule(program, schedule->steps), line);
}

TEST(ScheduleTest, FollowingLeavesTheStateOfTheLastStep) {
  const Program program = Compiled(kRacy);
  std::vector<int64_t> state(program.state_words, -1);
  ASSERT_TRUE(Follow(program, StepsOf("A B2 A"), state.data()).ok());
  ProgramRun run(program);
  run.Steps("A B2 A");
  EXPECT_EQ(state, run.state());
  EXPECT_EQ(run.Object("counter"), "1");
}

struct Impossible {
  const char* items;
  const char* error;
};

TEST(ScheduleTest, AStepThatCannotBeMadeIsNamedWithWhatItWaitsFor) {
  const Program program = Compiled(R"(
mutex m
condition c
process A { lock(m); signal(c); unlock(m) }
process B { lock(m); cond_wait(c, m) }
)");
  const std::vector<Impossible> impossible = {
      {"A B", "step 2: B cannot go on: it waits for m, held by A"},
      {"A3 A", "step 4: A cannot go on: it has come to its end"},
      {"A C", "step 2: there is no worker C: the last one is B"},
      {"A>B", "step 1: A wakes nobody: its next operation is lock(m)"},
      {"A A>B", "step 2: A cannot wake B, which does not sleep on c; who does: nobody"},
      {"B2 A A>C", "step 4: A cannot wake C, which does not sleep on c; who does: B"},
  };
  std::vector<int64_t> state(program.state_words);
  for (const Impossible& each : impossible) {
    EXPECT_EQ(ErrorOf(Follow(program, StepsOf(each.items), state.data())), each.error)
        << each.items;
  }
  EXPECT_TRUE(Follow(program, StepsOf("B2 A A>B A B"), state.data()).ok());
}

TEST(ScheduleTest, WhatCannotBeMadeLeavesTheStateBeforeIt) {
  const Program program = Compiled("mutex m\nprocess P[2] { lock(m) }");
  std::vector<int64_t> state(program.state_words);
  EXPECT_FALSE(Follow(program, StepsOf("A B"), state.data()).ok());
  ProgramRun run(program);
  run.Step('A');
  EXPECT_EQ(state, run.state());
}

TEST(ScheduleTest, MoreLocalCodeThanACourseMayTakeIsRefusedWithItsStep) {
  const Program program =
      Compiled("shared x\nprocess P { while 1 == 1 { x = 1; repeat 7000 { } } }");
  ProgramRun run(program);
  int steps = 0;
  for (int64_t sum = 0; sum < ProgramLimits::kCourseInstructions; ++steps) {
    sum += run.Step('A').instructions;
  }
  ASSERT_LT(steps, 10'000);
  std::vector<int64_t> state(program.state_words);
  const std::vector<Choose> most(static_cast<size_t>(steps));
  EXPECT_TRUE(Follow(program, most, state.data()).ok());
  const std::string error = ErrorOf(Follow(program, StepsOf("A100000"), state.data()));
  EXPECT_THAT(error, testing::StartsWith("step " + std::to_string(steps + 1) + ": "));
  EXPECT_THAT(error, HasSubstr("10000000 are made again"));
  EXPECT_EQ(state, run.state());
}

}  // namespace
}  // namespace ipclab
