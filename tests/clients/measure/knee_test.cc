#include "clients/cli/measure/knee.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

KneePoint Point(double offered, double part, std::optional<int64_t> p99) {
  return {.offered = offered, .achieved = offered * part, .p99 = p99};
}

TEST(FindKnee, IsTheHighestRateThatIsAchievedWithoutAQueue) {
  const std::vector<KneePoint> points = {Point(100, 1, 50), Point(200, 0.999, 60),
                                         Point(400, 0.99, 500), Point(800, 0.9, 9000)};
  EXPECT_EQ(FindKnee(points).at, 2u);
}

TEST(FindKnee, ARateThatIsAchievedWithTooLongAQueueIsBeyondIt) {
  EXPECT_EQ(FindKnee(std::vector{Point(100, 1, 50), Point(200, 1, 501)}).at, 0u);
}

TEST(FindKnee, ARateThatIsNotAchievedIsBeyondIt) {
  EXPECT_EQ(FindKnee(std::vector{Point(100, 1, 50), Point(200, 0.98, 50)}).at, 0u);
}

TEST(FindKnee, EndsBeforeTheFirstRateThatFailsWhateverIsAboveIt) {
  EXPECT_EQ(FindKnee(std::vector{Point(100, 1, 50), Point(200, 0.9, 50), Point(400, 1, 50)}).at,
            0u);
  EXPECT_EQ(
      FindKnee(std::vector{Point(100, 1, 50), Point(200, 1, std::nullopt), Point(400, 1, 50)}).at,
      0u);
}

TEST(FindKnee, WithoutAP99OfTheLowestRateNothingIsSaid) {
  const Knee knee = FindKnee(std::vector{Point(200, 1, 50), Point(100, 1, std::nullopt)});
  EXPECT_EQ(knee.at, std::nullopt);
  EXPECT_EQ(knee.base, 1u);
  EXPECT_THAT(knee.none_because, HasSubstr("the lowest rate, 100/s, has no p99"));
}

TEST(FindKnee, OfASweepThatLacksRatesNothingIsSaid) {
  const Knee knee = FindKnee(std::vector{Point(100, 1, 50), Point(400, 1, 50)}, 9);
  EXPECT_EQ(knee.at, std::nullopt);
  EXPECT_THAT(knee.none_because, HasSubstr("9 of its 11 rates are missing"));
}

TEST(IsAchieved, CountingMayMissTwoMessages) {
  KneePoint point = Point(100, 0.985, 50);
  EXPECT_FALSE(IsAchieved(point));
  point.messages = 96;
  EXPECT_TRUE(IsAchieved(point));
  point.messages = 1000;
  EXPECT_FALSE(IsAchieved(point));
}

TEST(IsAchieved, WhatIsDueByChanceMayBeFewerByChance) {
  KneePoint point = Point(100, 0.95, 50);
  point.messages = 1000;
  EXPECT_FALSE(IsAchieved(point));
  point.by_chance = true;
  EXPECT_TRUE(IsAchieved(point));
  point.messages = 10'000;
  EXPECT_FALSE(IsAchieved(point));
}

TEST(FindKnee, WhereNothingIsAchievedThereIsNone) {
  EXPECT_EQ(FindKnee(std::vector{Point(100, 0.5, 50), Point(200, 0.4, 60)}).at, std::nullopt);
  EXPECT_EQ(FindKnee({}).at, std::nullopt);
}

TEST(FindKnee, TheOrderOfThePointsDoesNotMatter) {
  EXPECT_EQ(FindKnee(std::vector{Point(400, 1, 500), Point(100, 1, 50), Point(200, 1, 60)}).at, 0u);
}

TEST(RatesToTry, GoInEqualStepsToBeyondTheCapacity) {
  const std::vector<double> rates = RatesToTry(100'000);
  ASSERT_EQ(rates.size(), static_cast<size_t>(kKneeRates));
  EXPECT_DOUBLE_EQ(rates.front(), 5000);
  EXPECT_DOUBLE_EQ(rates.back(), 120'000);
  for (size_t i = 1; i < rates.size(); ++i) {
    EXPECT_NEAR(rates[i] / rates[i - 1], 1.374, 0.01) << i;
  }
}

TEST(RatesToTry, StayWithinWhatAServerTakes) {
  const std::vector<double> rates = RatesToTry(1e9);
  EXPECT_EQ(rates.back(), 100e6);
  EXPECT_LT(rates[rates.size() - 2], 100e6) << "no rate twice";
  EXPECT_THAT(RatesToTry(0), IsEmpty());
}

}  // namespace
}  // namespace ipclab::cli
