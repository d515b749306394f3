#include "common/explore/count.h"

#include <gtest/gtest.h>

namespace ipclab {
namespace {

constexpr Count kMost = ~Count{0} >> 1;

TEST(CountTest, DigitsAreDecimal) {
  EXPECT_EQ(CountText(0), "0");
  EXPECT_EQ(CountText(9'465'511'770), "9465511770");
  EXPECT_EQ(CountText(kMost), "170141183460469231731687303715884105727");
}

TEST(CountTest, WhatIsTooMuchIsNotAdded) {
  Count sum = kMost - 1;
  EXPECT_TRUE(AddTo(sum, 1));
  EXPECT_EQ(sum, kMost);
  EXPECT_FALSE(AddTo(sum, 1));
  EXPECT_EQ(sum, kMost);
  EXPECT_TRUE(AddTo(sum, 0));
}

TEST(CountTest, IsAbout) { EXPECT_DOUBLE_EQ(CountAsDouble(Count{1} << 100), 0x1p100); }

}  // namespace
}  // namespace ipclab
