// Some schedules, by lot.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "common/explore/lots.h"
#include "tests/common/explore/explored.h"
#include "tests/common/oracle_programs.h"
#include "tests/common/program_run.h"

namespace ipclab {
namespace {

using ::testing::Optional;

SearchOptions Samples(Sampler sampler, int64_t schedules, uint64_t seed = 1) {
  return {
      .mode = SearchMode::kSample, .sampler = sampler, .seed = seed, .max_schedules = schedules};
}

TEST(LotsTest, AreThoseOfSplitMix64) {
  Lots lots(1234567);
  EXPECT_EQ(lots.Draw(), 6457827717110365317u);
  EXPECT_EQ(lots.Draw(), 3203168211198807973u);
}

TEST(LotsTest, EachNumberComesAboutAsOften) {
  Lots lots(7);
  std::array<int, 5> drawn{};
  for (int i = 0; i < 50'000; ++i) ++drawn[lots.Below(5)];
  for (const int count : drawn) EXPECT_NEAR(count, 10'000, 500);
}

TEST(LotsTest, EachBitComesAboutAsOften) {
  Lots lots(7);
  std::array<int, 32> drawn{};
  for (int i = 0; i < 30'000; ++i) ++drawn[static_cast<size_t>(lots.BitOf(0x8041))];
  for (const int bit : {0, 6, 15}) EXPECT_NEAR(drawn[static_cast<size_t>(bit)], 10'000, 500);
}

class SamplerTest : public ::testing::TestWithParam<Sampler> {};

TEST_P(SamplerTest, TheSameSeedGivesTheSameSchedules) {
  const Program program = CounterOf(3, 3);
  const auto runs = RunsOf(program, Samples(GetParam(), 50, 42));
  EXPECT_EQ(runs, RunsOf(program, Samples(GetParam(), 50, 42)));
  EXPECT_NE(runs, RunsOf(program, Samples(GetParam(), 50, 43)));
}

TEST_P(SamplerTest, FindsTheLostUpdateAndGoesOn) {
  const Program program = CounterOf(2, 2);
  const Exploration all = Explored(program, Samples(GetParam(), 200));
  EXPECT_TRUE(all.complete);
  EXPECT_EQ(all.schedules, 200u);
  EXPECT_EQ(all.runs, 200);
  EXPECT_EQ(all.steps, 1'600);
  EXPECT_GT(all.failing, 10u);
  EXPECT_LT(all.failing, 200u);
  ASSERT_TRUE(all.found.has_value());
  EXPECT_TRUE(FailsWithItsLastStep(program, *all.found));
  EXPECT_THAT(all.least_preemptions, Optional(1));
  Count sum = 0;
  for (const OutcomeTally& each : all.outcomes) sum += each.schedules;
  EXPECT_EQ(sum, 200u);
}

TEST_P(SamplerTest, WhatCannotFailDoesNot) {
  const Exploration all = Explored(CounterOf(3, 2, "mutex"), Samples(GetParam(), 100));
  EXPECT_EQ(all.failing, 0u);
  EXPECT_FALSE(all.found.has_value());
  EXPECT_FALSE(all.least_preemptions.has_value());
}

TEST_P(SamplerTest, WhatDoesNotEndIsTruncated) {
  const Program program = Compiled(
      "shared x\n"
      "process Spin { while x == 0 { } }\n");
  SearchOptions options = Samples(GetParam(), 3);
  options.max_steps = 100;
  const Exploration all = Explored(program, options);
  EXPECT_TRUE(all.complete);
  EXPECT_EQ(all.truncated, 3);
  EXPECT_EQ(all.steps, 300);
  EXPECT_EQ(all.failing, 0u);
  EXPECT_TRUE(all.outcomes.empty());
}

TEST_P(SamplerTest, WhomASignalWakesIsDrawn) {
  const Program program = Compiled(R"(
shared first = -1
mutex m
condition c
process Sleeper[3] {
  lock(m); cond_wait(c, m)
  if first < 0 { first = self }
  unlock(m)
}
process Waker { signal(c) }
)");
  std::set<std::string> woken;
  for (const std::string& run : RunsOf(program, Samples(GetParam(), 300))) {
    const size_t at = run.find('>');
    if (at != std::string::npos) woken.insert(run.substr(at + 1, 1));
  }
  EXPECT_EQ(woken.size(), 3u);
}

INSTANTIATE_TEST_SUITE_P(Both, SamplerTest, ::testing::Values(Sampler::kPct, Sampler::kUniform),
                         [](const auto& each) {
                           return each.param == Sampler::kPct ? "Pct" : "Uniform";
                         });

// A bug of depth d is found by one run in n k^(d-1) at least: here of two workers, 2 * 4.
TEST(PctTest, FindsABugOfDepthTwoAsOftenAsIsPromised) {
  SearchOptions options = Samples(Sampler::kPct, 4'000);
  options.depth = 2;
  EXPECT_GT(Explored(CounterOf(2, 1), options).failing, 4'000u / 8);
}

// Without a change of priority each worker runs until it must wait.
TEST(PctTest, OfDepthOnePreemptsNobody) {
  const Program program = CounterOf(3, 3);
  SearchOptions options = Samples(Sampler::kPct, 100);
  options.depth = 1;
  for (const std::string& run : RunsOf(program, options)) {
    EXPECT_EQ(run.find('!'), std::string::npos) << run;
  }
}

// The uniform walk hardly ever lets one worker go through between two steps of another.
TEST(PctTest, FindsWhatTheUniformWalkMisses) {
  const Program program = Compiled(R"(
shared x, y
process Long { repeat 40 { atomic_add(y, 1) }; x = 1 }
process Short { y = -1000; x = 2 }
finally x == 1 || y != -960
)");
  EXPECT_GT(Explored(program, Samples(Sampler::kPct, 500)).failing, 0u);
  EXPECT_EQ(Explored(program, Samples(Sampler::kUniform, 500)).failing, 0u);
}

}  // namespace
}  // namespace ipclab
