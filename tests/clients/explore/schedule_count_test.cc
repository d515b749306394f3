#include "clients/cli/explore/schedule_count.h"

#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

TEST(ScheduleCount, HasThousandsSeparators) {
  EXPECT_EQ(Grouped("6"), "6");
  EXPECT_EQ(Grouped("924"), "924");
  EXPECT_EQ(Grouped("2704156"), "2,704,156");
  EXPECT_EQ(Grouped("170141183460469231731687303715884105727"),
            "170,141,183,460,469,231,731,687,303,715,884,105,727");
  EXPECT_EQ(Grouped(""), "");
  EXPECT_EQ(Grouped("many"), "many");
}

TEST(ScheduleCount, IsMoreThan64Bits) {
  const auto count = CountOf("170141183460469231731687303715884105727");
  ASSERT_TRUE(count);
  EXPECT_EQ(DigitsOf(*count), "170141183460469231731687303715884105727");
  EXPECT_EQ(DigitsOf(0), "0");
}

TEST(ScheduleCount, OfWhatNobodyCountedIsNone) {
  for (const char* text : {"", "-1", "1e6", " 6", "many"}) EXPECT_FALSE(CountOf(text)) << text;
}

// Nothing is rounded to what it is not: the one schedule of a million that fails is seen.
TEST(ShareText, OfAFewIsNeverNoneAndOfMostNeverAll) {
  EXPECT_EQ(ShareText(4, 6), "66.7%");
  EXPECT_EQ(ShareText(0, 6), "0%");
  EXPECT_EQ(ShareText(6, 6), "100%");
  EXPECT_EQ(ShareText(1, 1'000'000), "<0.1%");
  EXPECT_EQ(ShareText(999'999, 1'000'000), ">99.9%");
  EXPECT_EQ(ShareText(0, 0), "0%");
}

}  // namespace
}  // namespace ipclab::cli
