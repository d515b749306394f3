// The figures marked "reference" come from SciPy 1.17.
#include "common/stats/steadiness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "tests/common/stats/draws.h"

namespace ipclab::stats {
namespace {

using ::testing::ElementsAre;
using Values = std::vector<double>;

// After how many windows the warm-up was over; 0 where it was not.
size_t OverAfter(const std::vector<int64_t>& windows) {
  WarmUpWatch watch;
  for (const int64_t window : windows) {
    if (watch.Add(window)) return watch.windows().size();
  }
  return 0;
}

TEST(WarmUpWatchTest, IsOverAfterFiveCalmMoves) {
  EXPECT_EQ(OverAfter({5000, 5000, 5000, 5000, 5000}), 0);
  EXPECT_EQ(OverAfter({5000, 5000, 5000, 5000, 5000, 5000}), 6);
  EXPECT_EQ(OverAfter({5000, 5010, 4990, 5020, 5005, 5000}), 6);
}

TEST(WarmUpWatchTest, LastsAsLongAsTheMedianMoves) {
  // The running medians: 9000, 8000, 7000, 7000, 7000, 6500, 6000, and so on.
  EXPECT_EQ(OverAfter({9000, 7000, 7000, 6000, 6000, 6000, 6000, 6000, 5000, 6000, 6000}), 0);
  EXPECT_EQ(OverAfter({9000, 7000, 7000, 6000, 6000, 6000, 6000, 6000, 5000, 6000, 6000, 6000}),
            12);
  const std::vector<int64_t> falling = {9000, 8000, 7000, 6000, 5000, 4000, 3000, 2000, 1000};
  EXPECT_EQ(OverAfter(falling), 0);
}

TEST(WarmUpWatchTest, OneOddWindowDoesNotProlongIt) {
  EXPECT_EQ(OverAfter({5000, 5000, 5000, 90'000, 5000, 5000}), 6);
}

TEST(WarmUpWatchTest, CountsFromTheLastMove) {
  // The second window moves the median, the third moves it back: five calm ones follow.
  EXPECT_EQ(OverAfter({5000, 6000, 5000, 5000, 5000, 5000, 5000, 5000}), 8);
}

// A median of 20 ns cannot move by less than 1% but by not moving at all.
TEST(WarmUpWatchTest, OneNanosecondIsNoMove) {
  EXPECT_EQ(OverAfter({20, 21, 20, 21, 20, 21}), 6);
  EXPECT_EQ(OverAfter({0, 0, 0, 0, 0, 0}), 6);
}

TEST(WarmUpWatchTest, StaysOverAndKeepsEveryWindow) {
  WarmUpWatch watch;
  for (int i = 0; i < 6; ++i) watch.Add(50);
  EXPECT_TRUE(watch.steady());
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(watch.Add(5000));
  EXPECT_TRUE(watch.steady());
  EXPECT_THAT(watch.windows(),
              ElementsAre(50, 50, 50, 50, 50, 50, 5000, 5000, 5000, 5000, 5000, 5000, 5000));
}

TEST(DriftTest, IsThatOfTheReference) {
  const auto drift = DriftOf(Values{100, 103, 101, 106, 104, 108, 107, 111, 109, 112});
  EXPECT_DOUBLE_EQ(drift->change, 1.25 * 9 / 106.5);          // reference: slope 1.25
  EXPECT_NEAR(drift->p_value, 0.0003576940035273369, 1e-12);  // reference
}

TEST(DriftTest, CorrectsForTies) {
  const auto drift = DriftOf(Values{5, 5, 6, 7, 6, 8, 8, 8, 9, 10, 9, 12});
  EXPECT_DOUBLE_EQ(drift->change, 0.5 * 11 / 8);
  EXPECT_NEAR(drift->p_value, 0.00012708942131548878, 1e-12);  // reference: S 56, variance 206
}

TEST(DriftTest, FallsBelowZeroWhereTheValuesFall) {
  const auto drift = DriftOf(Values{106, 103, 100, 97, 94});
  EXPECT_DOUBLE_EQ(drift->change, -0.12);
  EXPECT_NEAR(drift->p_value, 2.0 / 120, 1e-12);
}

TEST(DriftTest, OneOddValueIsNone) {
  const auto drift = DriftOf(Values{100, 100, 100, 100, 100, 100, 100, 100, 100, 900});
  EXPECT_EQ(drift->change, 0);
  EXPECT_GT(drift->p_value, 0.05);
}

TEST(DriftTest, IsSeldomFoundWhereThereIsNone) {
  std::mt19937_64 random(41);
  int found = 0;
  for (int i = 0; i < kExperiments; ++i) {
    if (DriftOf(Draw(Lognormal{}, 10, random))->p_value < 0.05) ++found;
  }
  EXPECT_LE(found, kExperiments * 7 / 100);
  EXPECT_GE(found, kExperiments * 2 / 100);
}

TEST(DriftTest, OfTheSameValuesIsNone) {
  const auto drift = DriftOf(Values(10, 5));
  EXPECT_EQ(drift->change, 0);
  EXPECT_EQ(drift->p_value, 1);
}

TEST(DriftTest, NeedsFiveValuesAndAMedian) {
  EXPECT_FALSE(DriftOf(Values{1, 2, 3, 4}));
  EXPECT_TRUE(DriftOf(Values{1, 2, 3, 4, 5}));
  EXPECT_FALSE(DriftOf(Values{0, 0, 0, 1, 2}));
}

}  // namespace
}  // namespace ipclab::stats
