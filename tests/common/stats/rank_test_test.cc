// The figures marked "reference" come from SciPy 1.17, those marked "table" are published ones.
#include "common/stats/rank_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace ipclab::stats {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using Values = std::vector<double>;

struct Samples {
  Values a;
  Values b;
};

// Two samples of that many values where in exactly u pairs b is above a.
Samples WithU(int count_a, int count_b, int u) {
  Samples samples;
  for (int i = 0; i < count_b; ++i) samples.b.push_back(i);
  for (int i = 0; i < count_a; ++i) {
    const int below = std::min(u, count_b);  // values of b above this one
    samples.a.push_back(count_b - below - 0.5 - 0.001 * i);
    u -= below;
  }
  return samples;
}

double PValueOfU(int count_a, int count_b, int u) {
  const Samples samples = WithU(count_a, count_b, u);
  const RankTest test = MannWhitney(samples.a, samples.b);
  EXPECT_EQ(test.u, u);
  return test.p_value;
}

// Table: the greatest u that is significant at 5%, two-sided, and the next one.
TEST(MannWhitneyTest, HasTheCriticalValuesOfTheTable) {
  const struct {
    int count;
    int critical;
  } table[] = {{4, 0}, {5, 2}, {6, 5}, {7, 8}, {8, 13}, {9, 17}, {10, 23}, {15, 64}, {20, 127}};
  for (const auto& line : table) {
    EXPECT_LE(PValueOfU(line.count, line.count, line.critical), 0.05) << line.count;
    EXPECT_GT(PValueOfU(line.count, line.count, line.critical + 1), 0.05) << line.count;
  }
}

TEST(MannWhitneyTest, HasTheExactPValuesOfTheReference) {
  EXPECT_NEAR(PValueOfU(10, 10, 23), 0.04325705254497823, 1e-12);
  EXPECT_NEAR(PValueOfU(8, 8, 13), 0.04988344988344988, 1e-12);
  EXPECT_NEAR(PValueOfU(20, 20, 127), 0.04909032518937244, 1e-12);
  EXPECT_NEAR(PValueOfU(7, 12, 18), 0.04493133285702945, 1e-12);
  EXPECT_NEAR(PValueOfU(12, 7, 18), 0.04493133285702945, 1e-12);
}

TEST(MannWhitneyTest, SaysHowOftenBIsAboveA) {
  const RankTest test = MannWhitney(Values{19, 22, 16, 29, 24}, Values{20, 11, 17, 12});
  EXPECT_EQ(test.u, 3);
  EXPECT_DOUBLE_EQ(test.superiority, 0.15);
  EXPECT_NEAR(test.p_value, 1.0 / 9, 1e-12);  // reference
}

// Counted by hand in all ways to part the values.
TEST(MannWhitneyTest, IsExactWithTiesToo) {
  EXPECT_NEAR(MannWhitney(Values{1, 2, 2, 3, 3}, Values{3, 4, 4, 5, 5}).p_value, 6.0 / 252, 1e-12);
  EXPECT_NEAR(MannWhitney(Values{10, 10, 11, 12}, Values{11, 12, 12, 13, 14, 14}).p_value,
              10.0 / 210, 1e-12);
  EXPECT_NEAR(MannWhitney(Values{1, 1, 1}, Values{2, 2, 2}).p_value, 0.1, 1e-12);
  EXPECT_EQ(MannWhitney(Values{1, 2}, Values{2, 3}).superiority, 0.875);
}

TEST(MannWhitneyTest, IsNormalWithCorrectionsOfManyValues) {
  Values a;
  Values b;
  for (int i = 0; i < 25; ++i) a.push_back(100 + (7 * i) % 23);
  for (int i = 0; i < 30; ++i) b.push_back(104 + (5 * i) % 19);
  const RankTest test = MannWhitney(a, b);
  EXPECT_EQ(test.u, 444.5);
  EXPECT_NEAR(test.p_value, 0.24301143311475015, 1e-12);  // reference
}

TEST(MannWhitneyTest, ShowsNothingOfEqualOrNoValues) {
  EXPECT_EQ(MannWhitney(Values(10, 5), Values(10, 5)).p_value, 1);
  EXPECT_EQ(MannWhitney(Values(30, 5), Values(30, 5)).p_value, 1);
  EXPECT_EQ(MannWhitney(Values(30, 5), Values(30, 5)).superiority, 0.5);
  EXPECT_EQ(MannWhitney(Values{}, Values{1, 2}).p_value, 1);
}

TEST(LeastPValueTest, IsThatOfSamplesThatAreApart) {
  EXPECT_NEAR(LeastPValue(3, 3), 0.1, 1e-12);
  EXPECT_NEAR(LeastPValue(5, 5), 2.0 / 252, 1e-12);
  EXPECT_NEAR(LeastPValue(4, 6), PValueOfU(4, 6, 0), 1e-12);
  EXPECT_EQ(LeastPValue(1, 1), 1);
  EXPECT_EQ(LeastPValue(0, 5), 1);
}

// Worked by hand: 4 * 0.005, 3 * 0.01, then never less than the one before.
TEST(AdjustByHolmTest, MultipliesByTheTestsThatAreLeft) {
  EXPECT_THAT(AdjustByHolm(Values{0.01, 0.04, 0.03, 0.005}),
              ElementsAre(DoubleNear(0.03, 1e-12), DoubleNear(0.06, 1e-12), DoubleNear(0.06, 1e-12),
                          DoubleNear(0.02, 1e-12)));
  EXPECT_THAT(AdjustByHolm(Values{0.6, 0.7}), ElementsAre(1, 1));
  EXPECT_THAT(AdjustByHolm(Values{0.04}), ElementsAre(0.04));
  EXPECT_THAT(AdjustByHolm(Values{}), ElementsAre());
}

}  // namespace
}  // namespace ipclab::stats
