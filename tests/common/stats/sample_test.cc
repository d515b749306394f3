#include "common/stats/sample.h"

#include <gtest/gtest.h>

#include <vector>

#include "common/stats/order_statistics.h"
#include "tests/common/stats/draws.h"

namespace ipclab::stats {
namespace {

// Of five trials 93.75% is all there is: nearer to 93% than a thousand experiments could tell.
constexpr int kManyExperiments = 10'000;

std::vector<double> UpTo(int count) {
  std::vector<double> values;
  for (int i = count; i > 0; --i) values.push_back(i);
  return values;
}

template <typename Distribution>
double CoverageOfMedian(const Distribution& distribution, size_t trials) {
  std::mt19937_64 random(11);
  int held = 0;
  for (int i = 0; i < kManyExperiments; ++i) {
    const auto interval = MedianInterval(Draw(distribution, trials, random));
    if (Holds(*interval, distribution.median())) ++held;
  }
  return static_cast<double>(held) / kManyExperiments;
}

TEST(MedianTest, IsTheMiddleValueOrTheMeanOfTheMiddleTwo) {
  EXPECT_EQ(Median(std::vector<double>{}), 0);
  EXPECT_EQ(Median(std::vector<double>{7}), 7);
  EXPECT_EQ(Median(std::vector<double>{9, 1, 5}), 5);
  EXPECT_EQ(Median(std::vector<double>{9, 1, 5, 6}), 5.5);
}

// The ranks of the published tables for the median.
TEST(MedianIntervalTest, LiesBetweenTheTrialsOfTheTable) {
  EXPECT_EQ(MedianInterval(UpTo(6)), (Interval{1, 6}));
  EXPECT_EQ(MedianInterval(UpTo(9)), (Interval{2, 8}));
  EXPECT_EQ(MedianInterval(UpTo(10)), (Interval{2, 9}));
  EXPECT_EQ(MedianInterval(UpTo(20)), (Interval{6, 15}));
  EXPECT_EQ(MedianInterval(UpTo(50)), (Interval{18, 33}));
}

TEST(MedianIntervalTest, NeedsFiveTrials) {
  EXPECT_EQ(MedianInterval(UpTo(4)), std::nullopt);
  EXPECT_EQ(MedianInterval(UpTo(5)), (Interval{1, 5}));
}

TEST(MedianIntervalTest, HoldsTheMedianOfWhatIsDrawnFromOneMode) {
  for (const size_t trials : kTrials) {
    const double coverage = CoverageOfMedian(Lognormal{}, trials);
    EXPECT_GE(coverage, 0.93) << trials;
    EXPECT_LE(coverage, 0.99) << trials;
  }
  EXPECT_GE(CoverageOfMedian(Lognormal{0.5}, 10), 0.93);
}

TEST(MedianIntervalTest, HoldsTheMedianOfWhatIsDrawnFromTwoModes) {
  for (const size_t trials : kTrials) {
    const double coverage = CoverageOfMedian(TwoModes{}, trials);
    EXPECT_GE(coverage, 0.93) << trials;
    EXPECT_LE(coverage, 0.99) << trials;
  }
}

// By the binomial distribution of another library (SciPy 1.17).
TEST(RanksAroundTest, AreThoseOfTheBinomialDistribution) {
  EXPECT_EQ(RanksAround(100, 0.9), (RankInterval{84, 96}));
  EXPECT_EQ(RanksAround(1000, 0.99), (RankInterval{983, 997}));
  EXPECT_EQ(RanksAround(100'000, 0.999), (RankInterval{99'880, 99'920}));
  EXPECT_EQ(RanksAround(10'000'000, 0.5), (RankInterval{4'996'901, 5'003'100}));
  EXPECT_EQ(RanksAround(1'000'000'000, 0.9999), (RankInterval{999'899'380, 999'900'620}));
}

TEST(RanksAroundTest, HaveNoBoundWhereThereAreTooFewValues) {
  EXPECT_EQ(RanksAround(367, 0.99), (RankInterval{359, 368}));
  EXPECT_EQ(RanksAround(368, 0.99), (RankInterval{360, 368}));
  EXPECT_EQ(RanksAround(3, 0.5), (RankInterval{0, 4}));
}

}  // namespace
}  // namespace ipclab::stats
