#include "clients/cli/measure/interval_text.h"

#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

TEST(RangeText, SaysACommonUnitOnce) {
  EXPECT_EQ(RangeText("29.9 us", "31.2 us"), "29.9..31.2 us");
  EXPECT_EQ(RangeText("999 ns", "1.20 us"), "999 ns..1.20 us");
  EXPECT_EQ(RangeText({.low = 24'100, .high = 25'600}, CompareBy::kRate), "24.1..25.6 k");
}

TEST(RatioText, HasItsIntervalWhereThereIsOne) {
  stats::Comparison found;
  EXPECT_EQ(RatioText(found), "-") << "to nothing there is none";
  found.ratio = 1.084;
  EXPECT_EQ(RatioText(found), "1.08");
  found.ratio_interval = {.low = 1.05, .high = 1.1};
  EXPECT_EQ(RatioText(found), "1.08 (1.05..1.10)");
}

TEST(DifferenceText, HasItsSign) {
  stats::Comparison found;
  found.difference = 2560;
  EXPECT_EQ(DifferenceText(found, CompareBy::kP50), "+2.56 us");
  found.difference = -2560;
  found.difference_interval = {.low = -3200, .high = -1900};
  EXPECT_EQ(DifferenceText(found, CompareBy::kP50), "-2.56 us (-3.20..-1.90 us)");
}

}  // namespace
}  // namespace ipclab::cli
