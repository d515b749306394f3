#include "clients/cli/plot/scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "clients/cli/plot/ticks.h"

namespace ipclab::plot {
namespace {

using ::testing::ElementsAre;

Range RangeFrom(double low, double high) {
  Range range;
  range.Add(low);
  range.Add(high);
  return range;
}

std::vector<std::string> Labels(const std::vector<Tick>& ticks) {
  std::vector<std::string> labels;
  for (const Tick& tick : ticks) {
    if (!tick.label.empty()) labels.push_back(tick.label);
  }
  return labels;
}

TEST(RangeTest, PassesOverWhatIsNoNumber) {
  Range range;
  range.Add(std::numeric_limits<double>::infinity());
  range.Add(std::optional<double>());
  EXPECT_TRUE(range.empty);
  range.Add(3);
  range.Add(-1);
  EXPECT_EQ(range.low, -1);
  EXPECT_EQ(range.high, 3);
}

TEST(ScaleTest, LinearAndLogarithmicPlaces) {
  EXPECT_DOUBLE_EQ((Scale{false, 10, 20}.Fraction(12.5)), 0.25);
  EXPECT_NEAR((Scale{true, 1, 10'000}.Fraction(100)), 0.5, 1e-12);
}

TEST(ScaleTest, WhatIsBeyondAnEndIsAtIt) {
  const Scale scale = {true, 10, 1000};
  EXPECT_EQ(scale.Fraction(0), 0);
  EXPECT_EQ(scale.Fraction(-5), 0);
  EXPECT_EQ(scale.Fraction(1e9), 1);
  EXPECT_EQ(scale.Fraction(std::numeric_limits<double>::quiet_NaN()), 0);
}

TEST(ScaleTest, EndsAreRound) {
  EXPECT_EQ(LogScale(RangeFrom(37, 4'300), 1), (Scale{true, 20, 5'000}));
  EXPECT_EQ(LogScale(RangeFrom(10, 1'000), 1), (Scale{true, 10, 1'000}));
  const Scale linear = LinearScale(RangeFrom(31, 88), false);
  EXPECT_DOUBLE_EQ(linear.low, 30);
  EXPECT_DOUBLE_EQ(linear.high, 90);
}

TEST(ScaleTest, BarsStandOnZero) { EXPECT_EQ(LinearScale(RangeFrom(31, 88), true).low, 0); }

TEST(ScaleTest, IsLogarithmicFromADecadeOn) {
  EXPECT_FALSE(RoundScale(RangeFrom(10, 100), false, 1).logarithmic);
  EXPECT_TRUE(RoundScale(RangeFrom(10, 101), false, 1).logarithmic);
  EXPECT_TRUE(RoundScale(RangeFrom(0, 100), false, 1).logarithmic);
}

TEST(ScaleTest, OneValueOrNoneHasRoomToo) {
  for (const Range& range : {Range{}, RangeFrom(0, 0), RangeFrom(5, 5), RangeFrom(-3, -3)}) {
    for (const bool from_zero : {false, true}) {
      const Scale scale = RoundScale(range, from_zero, 1);
      EXPECT_LT(scale.low, scale.high);
      EXPECT_FALSE(TicksOf(scale, Unit::kNanos).empty());
    }
    const Scale scale = LogScale(range, 1);
    EXPECT_LT(scale.low, scale.high);
  }
}

TEST(TickTextTest, AsPeopleRead) {
  EXPECT_EQ(TickText(0, Unit::kNanos), "0");
  EXPECT_EQ(TickText(-0.0, Unit::kPercent), "0%");
  EXPECT_EQ(TickText(1'000, Unit::kNanos), "1 us");
  EXPECT_EQ(TickText(2'500'000, Unit::kNanos), "2.5 ms");
  EXPECT_EQ(TickText(0.5, Unit::kNanos), "0.5 ns");
  EXPECT_EQ(TickText(3.6e12, Unit::kNanos), "3600 s");
  EXPECT_EQ(TickText(0.1, Unit::kSeconds), "100 ms");
  EXPECT_EQ(TickText(20'000, Unit::kCount), "20 k");
  EXPECT_EQ(TickText(1.05, Unit::kTimes), "1.05 x");
}

TEST(TicksTest, LinearOnesAreEvenSteps) {
  EXPECT_THAT(Labels(TicksOf({false, 0, 100}, Unit::kPercent)),
              ElementsAre("0%", "20%", "40%", "60%", "80%", "100%"));
  EXPECT_THAT(Labels(TicksOf({false, 3'900, 4'000}, Unit::kNanos)),
              ElementsAre("3.9 us", "3.92 us", "3.94 us", "3.96 us", "3.98 us", "4 us"));
}

TEST(TicksTest, OfFewDecadesTwoAndFiveHaveNumbersToo) {
  EXPECT_THAT(Labels(TicksOf({true, 500, 20'000}, Unit::kNanos)),
              ElementsAre("500 ns", "1 us", "2 us", "5 us", "10 us", "20 us"));
}

TEST(TicksTest, OfManyDecadesOnlyTheseHave) {
  EXPECT_THAT(Labels(TicksOf({true, 100, 1'000'000}, Unit::kNanos)),
              ElementsAre("100 ns", "1 us", "10 us", "100 us", "1 ms"));
  // From a nanosecond to an hour: every other one.
  EXPECT_THAT(Labels(TicksOf({true, 1, 5e12}, Unit::kNanos)),
              ElementsAre("1 ns", "100 ns", "10 us", "1 ms", "100 ms", "10 s", "1000 s"));
}

TEST(PercentileTicksTest, EveryNineIsAsWide) {
  EXPECT_NEAR(PercentilePlace(0.9), 1, 1e-12);
  EXPECT_NEAR(PercentilePlace(0.99), 2, 1e-12);
  EXPECT_NEAR(PercentilePlace(0.9999), 4, 1e-9);
  EXPECT_EQ(PercentilePlace(0), 0);
  EXPECT_THAT(Labels(PercentileTicks(4.2)),
              ElementsAre("0%", "50%", "90%", "99%", "99.9%", "99.99%"));
}

}  // namespace
}  // namespace ipclab::plot
