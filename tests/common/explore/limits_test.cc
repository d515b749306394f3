// A search that stops before its end says why, and nothing that is not so.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/common/explore/explored.h"
#include "tests/common/oracle_programs.h"
#include "tests/common/program_run.h"

namespace ipclab {
namespace {

TEST(LimitsTest, OfBytesByStates) {
  const Program program = CounterOf(3, 4);
  const SearchOptions options{.mode = SearchMode::kCount, .max_bytes = 1 << 20};
  const auto search = MakeSearch(program, options);
  while (search->Next() != nullptr) EXPECT_LE(search->progress().bytes, 1 << 20);
  const Exploration part = search->Result();
  EXPECT_FALSE(part.complete);
  EXPECT_EQ(part.stopped_at, "the limit of 1 MiB");
  EXPECT_EQ(part.schedules, 0u);
  EXPECT_EQ(part.failing, 0u);
  EXPECT_FALSE(part.least_preemptions.has_value());
  EXPECT_GT(part.states, 1'000);
  EXPECT_LT(part.states, 42'237);
  // What failed did, whatever was not seen.
  ASSERT_TRUE(part.found.has_value());
  EXPECT_TRUE(FailsWithItsLastStep(program, *part.found));
}

TEST(LimitsTest, TheStatesOfThreeByFourTakeLessThanTwoHundredBytesEach) {
  const Program program = CounterOf(3, 4);
  const auto search = MakeSearch(program, {.mode = SearchMode::kCount});
  while (search->Next() != nullptr) {
  }
  EXPECT_LT(search->progress().bytes, 200 * 42'237);
}

// Wherever it stops, what it has is a part of the graph that can be searched.
TEST(LimitsTest, OfBytesAnywhereByStates) {
  const Program program = CounterOf(2, 3);
  for (int64_t bytes = 0; bytes < 40'000; bytes += 500) {
    const SearchOptions options{.mode = SearchMode::kCount, .max_bytes = bytes};
    const Exploration part = Explored(program, options);
    if (part.complete) {
      EXPECT_EQ(CountText(part.schedules), "924");
    } else {
      EXPECT_EQ(part.schedules, 0u);
      EXPECT_EQ(part.stopped_at.find("the limit of "), 0u);
    }
  }
}

TEST(LimitsTest, OfBytesOfTheOtherSearches) {
  const Program program = Compiled(kCounterProgram, {"mutex", {{"workers", 3}, {"rounds", 9}}});
  for (const SearchOptions& options :
       {SearchOptions{.mode = SearchMode::kFind, .max_bytes = 30'000},
        SearchOptions{.mode = SearchMode::kCount, .reduction = Reduction::kNone, .max_bytes = 500},
        SearchOptions{.mode = SearchMode::kSample, .max_schedules = 9, .max_bytes = 500}}) {
    const Exploration part = Explored(program, options);
    EXPECT_FALSE(part.complete);
    EXPECT_EQ(part.stopped_at, "the limit of " + std::to_string(options.max_bytes) + " bytes");
  }
}

TEST(LimitsTest, OfSchedulesOneByOne) {
  const Program program = CounterOf(2, 2);
  SearchOptions options{.mode = SearchMode::kCount, .reduction = Reduction::kNone};
  options.max_schedules = 69;
  const Exploration part = Explored(program, options);
  EXPECT_FALSE(part.complete);
  EXPECT_EQ(part.stopped_at, "the limit of 69 schedules");
  EXPECT_EQ(part.schedules, 69u);
  options.max_schedules = 70;
  EXPECT_TRUE(Explored(program, options).complete);
}

TEST(LimitsTest, OfSchedulesByStatesAndToFind) {
  const Program program = Compiled(kCounterProgram, {"mutex", {{"rounds", 3}}});
  for (const SearchMode mode : {SearchMode::kCount, SearchMode::kFind}) {
    const Exploration part = Explored(program, {.mode = mode, .max_schedules = 2});
    EXPECT_FALSE(part.complete);
    EXPECT_EQ(part.runs, 2);
    EXPECT_EQ(part.stopped_at, "the limit of 2 schedules");
  }
}

TEST(LimitsTest, OfStepsOneByOne) {
  const Program program = CounterOf(2, 2);
  SearchOptions options{.mode = SearchMode::kCount, .reduction = Reduction::kNone};
  options.max_steps = 7;
  const Exploration part = Explored(program, options);
  EXPECT_FALSE(part.complete);
  EXPECT_EQ(part.truncated, part.runs);
  EXPECT_EQ(part.schedules, 0u);
  EXPECT_EQ(part.stopped_at, "the limit of 7 steps of a schedule");
  options.max_steps = 8;
  EXPECT_TRUE(Explored(program, options).complete);
}

TEST(LimitsTest, WhoStopsEarlierGetsWhatIsKnownSoFar) {
  const Program program = CounterOf(2, 2);
  for (const Reduction reduction : {Reduction::kStates, Reduction::kNone}) {
    const auto search = MakeSearch(program, {.mode = SearchMode::kCount, .reduction = reduction});
    EXPECT_EQ(search->Result().runs, 0);
    ASSERT_NE(search->Next(), nullptr);
    const Exploration part = search->Result();
    EXPECT_EQ(part.runs, 1);
    EXPECT_FALSE(part.complete);
    EXPECT_EQ(part.schedules, reduction == Reduction::kStates ? 0u : 1u);
    ASSERT_EQ(part.outcomes.size(), 1u);
    EXPECT_EQ(part.outcomes[0].outcome, "counter=4");
  }
}

TEST(LimitsTest, MoreThan127BitsAreSaidToBeTooMany) {
  // 140 over 70, some 2^136.
  const Program program = Compiled(R"(
shared a, b, c, d
process A { repeat 70 { atomic_add(a, 1) } }
process B { repeat 70 { atomic_add(b, 1) } }
)");
  const Exploration two = Counted(program);
  EXPECT_TRUE(two.complete);
  EXPECT_TRUE(two.overflow);
}

}  // namespace
}  // namespace ipclab
