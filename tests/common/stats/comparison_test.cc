#include "common/stats/comparison.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/common/stats/draws.h"

namespace ipclab::stats {
namespace {

using Values = std::vector<double>;

// 100, or fewer: a comparison takes milliseconds.
constexpr int kSimulations = kExperiments / 10;

const Values kHundred = {100, 103, 99, 104, 98, 101, 107, 95, 102, 100.5};

Values Times(const Values& values, double factor) {
  Values times;
  for (const double value : values) times.push_back(value * factor);
  return times;
}

Comparison CompareOne(const Pair& pair, double threshold = kPracticalThreshold) {
  return Compare(std::vector<Pair>{pair}, threshold).front();
}

// In what part of the comparisons of ten trials a side the verdict was given. times: how much more
// B takes.
double PartWith(Verdict verdict, double spread, double times) {
  std::mt19937_64 random(21);
  int count = 0;
  for (int i = 0; i < kSimulations; ++i) {
    const Values a = Draw(Lognormal{spread}, 10, random);
    const Values b = Draw(Lognormal{spread}, 10, random, times);
    if (CompareOne({a, b}).verdict == verdict) ++count;
  }
  return static_cast<double>(count) / kSimulations;
}

TEST(CompareTest, ShowsNoDifferenceOfTheSameFromTheSame) {
  if (!kHasTime) GTEST_SKIP() << "the release build simulates";
  for (const double spread : {0.02, 0.035, 0.05}) {
    EXPECT_GE(PartWith(Verdict::kNoDifferenceShown, spread, 1), 0.93) << spread;
  }
}

TEST(CompareTest, FindsATenth) {
  if (!kHasTime) GTEST_SKIP() << "the release build simulates";
  EXPECT_GE(PartWith(Verdict::kSlower, 0.02, 1.1), 0.98);
  EXPECT_GE(PartWith(Verdict::kFaster, 0.02, 0.9), 0.98);
}

TEST(CompareTest, SaysHowMuchAndHowSure) {
  const Comparison comparison = CompareOne({kHundred, Times(kHundred, 1.2)});
  EXPECT_DOUBLE_EQ(comparison.median_a, 100.75);
  EXPECT_DOUBLE_EQ(comparison.median_b, 120.9);
  EXPECT_DOUBLE_EQ(comparison.ratio, 1.2);
  EXPECT_DOUBLE_EQ(comparison.difference, 20.15);
  EXPECT_TRUE(Holds(*comparison.ratio_interval, 1.2));
  EXPECT_TRUE(Holds(*comparison.difference_interval, 20.15));
  EXPECT_NEAR(comparison.p_value, 2.0 / 184'756, 1e-12);
  EXPECT_EQ(comparison.adjusted_p_value, comparison.p_value);
  EXPECT_EQ(comparison.superiority, 1);
  EXPECT_EQ(comparison.verdict, Verdict::kSlower);
}

TEST(CompareTest, MoreOfWhatIsBetterIsFaster) {
  const Values more = Times(kHundred, 1.2);
  EXPECT_EQ(CompareOne({kHundred, more, Better::kMore}).verdict, Verdict::kFaster);
  EXPECT_EQ(CompareOne({more, kHundred, Better::kMore}).verdict, Verdict::kSlower);
  EXPECT_EQ(CompareOne({more, kHundred, Better::kLess}).verdict, Verdict::kFaster);
}

TEST(CompareTest, WhatIsSignificantButSmallIsNoDifferenceShown) {
  const Values tight = {100, 100.1, 100.2, 100.3, 100.4, 100.5, 100.6, 100.7, 100.8, 100.9};
  const Comparison comparison = CompareOne({tight, Times(tight, 1.03)});
  EXPECT_LT(comparison.adjusted_p_value, 0.05);
  EXPECT_EQ(comparison.verdict, Verdict::kNoDifferenceShown);
  EXPECT_EQ(CompareOne({tight, Times(tight, 1.03)}, 0.02).verdict, Verdict::kSlower);
  EXPECT_EQ(CompareOne({tight, Times(tight, 1.2)}, 0.3).verdict, Verdict::kNoDifferenceShown);
}

TEST(CompareTest, WhatIsSignificantWithinAnIntervalAroundNothingIsNoDifferenceShown) {
  const Comparison comparison =
      CompareOne({{121, 139, 120, 138, 100, 130}, {142, 150, 124, 132, 145, 154}});
  EXPECT_LT(comparison.adjusted_p_value, 0.05);
  EXPECT_GT(comparison.ratio, 1.05);
  EXPECT_TRUE(Holds(*comparison.ratio_interval, 1));
  EXPECT_EQ(comparison.verdict, Verdict::kNoDifferenceShown);
}

TEST(CompareTest, WhatIsSignificantAloneMayNotBeInATable) {
  const Values a = {100, 101, 102, 103, 104, 113.5};
  const Values b = {110, 111, 112, 113, 114, 115};
  EXPECT_EQ(CompareOne({a, b}).verdict, Verdict::kSlower);
  const std::vector<Comparison> table = Compare(std::vector<Pair>{{a, b}, {a, a}, {a, a}});
  EXPECT_LT(table.front().p_value, 0.05);
  EXPECT_GT(table.front().adjusted_p_value, 0.05);
  EXPECT_EQ(table.front().verdict, Verdict::kNoDifferenceShown);
}

TEST(CompareTest, WideTrialsAreTooNoisyToSayThatThereIsNoDifference) {
  const Values wide = {100, 180, 60, 220, 90, 110, 150, 70, 130, 200};
  const Values other = {105, 170, 65, 210, 95, 120, 140, 75, 125, 190};
  EXPECT_EQ(CompareOne({wide, other}).verdict, Verdict::kTooNoisy);
  EXPECT_EQ(CompareOne({wide, other}, 0.9).verdict, Verdict::kNoDifferenceShown);
}

TEST(CompareTest, OfFourTrialsNothingIsSaid) {
  const Values four = {1, 2, 3, 4};
  const Comparison comparison = CompareOne({four, Times(four, 10)});
  EXPECT_EQ(comparison.verdict, Verdict::kTooFewTrials);
  EXPECT_EQ(comparison.ratio_interval, std::nullopt);
  EXPECT_DOUBLE_EQ(comparison.ratio, 10);
  EXPECT_EQ(CompareOne({}).verdict, Verdict::kTooFewTrials);
}

// Of five a side the least p-value is 2 / 252: six times that is below 5%, seven times is not.
TEST(CompareTest, HowManyTrialsAreTooFewDependsOnTheTable) {
  const Values five = {100, 101, 102, 103, 104};
  const Pair pair{five, Times(five, 2)};
  for (const Comparison& each : Compare(std::vector<Pair>(6, pair))) {
    EXPECT_EQ(each.verdict, Verdict::kSlower);
    EXPECT_NEAR(each.adjusted_p_value, 6 * 2.0 / 252, 1e-12);
  }
  for (const Comparison& each : Compare(std::vector<Pair>(7, pair))) {
    EXPECT_EQ(each.verdict, Verdict::kTooFewTrials);
  }
}

TEST(CompareTest, IsTheSameWhereTheTrialsAre) {
  std::mt19937_64 random(22);
  std::vector<Pair> pairs;
  for (int i = 0; i < 4; ++i) {
    pairs.push_back({Draw(Lognormal{}, 10, random), Draw(TwoModes{}, 10, random)});
  }
  EXPECT_EQ(Compare(pairs), Compare(pairs));
}

// A row's interval does not depend on what else is in the table.
TEST(CompareTest, OtherPairsChangeTheAdjustedPValueOnly) {
  const Pair pair{kHundred, Times(kHundred, 1.2)};
  Comparison alone = CompareOne(pair);
  const Comparison among = Compare(std::vector<Pair>{{kHundred, kHundred}, pair}).back();
  EXPECT_EQ(among.adjusted_p_value, 2 * alone.p_value);
  alone.adjusted_p_value = among.adjusted_p_value;
  EXPECT_EQ(among, alone);
}

TEST(CompareTest, ComparesWithNothingByTheDifference) {
  const Values nothing(5, 0);
  const Values some = {3, 3, 4, 4, 5};
  EXPECT_EQ(CompareOne({nothing, nothing}).verdict, Verdict::kNoDifferenceShown);
  const Comparison comparison = CompareOne({nothing, some});
  EXPECT_EQ(comparison.ratio, 0);
  EXPECT_EQ(comparison.ratio_interval, std::nullopt);
  EXPECT_EQ(comparison.verdict, Verdict::kSlower);
}

TEST(VerdictTextTest, IsInWords) {
  EXPECT_EQ(VerdictText(Verdict::kFaster), "faster");
  EXPECT_EQ(VerdictText(Verdict::kSlower), "slower");
  EXPECT_EQ(VerdictText(Verdict::kNoDifferenceShown), "no difference shown");
  EXPECT_EQ(VerdictText(Verdict::kTooNoisy), "too noisy");
  EXPECT_EQ(VerdictText(Verdict::kTooFewTrials), "too few trials");
}

}  // namespace
}  // namespace ipclab::stats
