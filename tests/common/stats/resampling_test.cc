#include "common/stats/resampling.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/common/stats/draws.h"

namespace ipclab::stats {
namespace {

// Fewer than of a real comparison, which takes milliseconds; of thousands it matters.
constexpr int kFewResamples = 1000;

struct Coverage {
  double ratio = 0;
  double difference = 0;
};

// B takes a tenth more than A.
template <typename Distribution>
Coverage CoverageOfChange(const Distribution& distribution, size_t trials) {
  std::mt19937_64 random(12);
  Coverage coverage;
  for (int i = 0; i < kExperiments; ++i) {
    const std::vector<double> a = Draw(distribution, trials, random);
    const std::vector<double> b = Draw(distribution, trials, random, 1.1);
    const auto change = ChangeOfMedian(a, b, kFewResamples);
    if (Holds(*change->ratio, 1.1)) coverage.ratio += 1.0 / kExperiments;
    if (Holds(change->difference, 0.1 * distribution.median())) {
      coverage.difference += 1.0 / kExperiments;
    }
  }
  return coverage;
}

template <typename Distribution>
void ExpectCoverage(const Distribution& distribution) {
  for (const size_t trials : kTrials) {
    const Coverage coverage = CoverageOfChange(distribution, trials);
    EXPECT_GE(coverage.ratio, 0.93) << trials;
    EXPECT_GE(coverage.difference, 0.93) << trials;
    EXPECT_LE(coverage.ratio, 0.99) << trials;
    EXPECT_LE(coverage.difference, 0.99) << trials;
  }
}

TEST(ChangeOfMedianTest, HoldsTheTruthOfOneMode) {
  if (!kHasTime) GTEST_SKIP() << "the release build simulates";
  ExpectCoverage(Lognormal{});
}
TEST(ChangeOfMedianTest, HoldsTheTruthOfTwoModes) {
  if (!kHasTime) GTEST_SKIP() << "the release build simulates";
  ExpectCoverage(TwoModes{});
}

TEST(ChangeOfMedianTest, OfTrialsThatAreAllTheSameHasNoWidth) {
  const auto change = ChangeOfMedian(std::vector<double>(5, 4), std::vector<double>(6, 6));
  EXPECT_EQ(change->difference, (Interval{2, 2}));
  EXPECT_EQ(change->ratio, (Interval{1.5, 1.5}));
}

// The generator is the standard's, and so are these figures everywhere.
TEST(ChangeOfMedianTest, IsTheSameOnEveryPlatform) {
  const std::vector<double> a = {100, 103, 99.3, 104.1, 98.2, 101, 107, 95, 102, 100.6};
  const std::vector<double> b = {111, 109.2, 114, 108.7, 112.3, 110.5, 117, 106, 113, 110.1};
  const auto change = ChangeOfMedian(a, b);
  EXPECT_EQ(change, ChangeOfMedian(a, b));
  EXPECT_NEAR(change->difference.low, 7.1, 1e-9);
  EXPECT_NEAR(change->difference.high, 13, 1e-9);
  EXPECT_NEAR(change->ratio->low, 1.0689320388349515, 1e-9);
  EXPECT_NEAR(change->ratio->high, 1.1306329113924052, 1e-9);
}

TEST(ChangeOfMedianTest, IsNoneOfTooFewTrials) {
  const std::vector<double> four(4, 1);
  const std::vector<double> five(5, 1);
  EXPECT_EQ(ChangeOfMedian(four, five), std::nullopt);
  EXPECT_EQ(ChangeOfMedian(five, four), std::nullopt);
}

TEST(ChangeOfMedianTest, HasNoRatioToWhatMayBeNothing) {
  const std::vector<double> nothing = {0, 0, 0, 1, 2};
  const std::vector<double> some = {1, 2, 3, 4, 5};
  EXPECT_EQ(ChangeOfMedian(nothing, some)->ratio, std::nullopt);
  EXPECT_TRUE(ChangeOfMedian(some, nothing)->ratio);
}

}  // namespace
}  // namespace ipclab::stats
