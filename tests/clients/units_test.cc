#include "clients/cli/units.h"

#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

TEST(NanosText, ChoosesTheUnitAndKeepsThreeDigits) {
  EXPECT_EQ(NanosText(int64_t{0}), "0 ns");
  EXPECT_EQ(NanosText(int64_t{999}), "999 ns");
  EXPECT_EQ(NanosText(int64_t{3914}), "3.91 us");
  EXPECT_EQ(NanosText(int64_t{39'140}), "39.1 us");
  EXPECT_EQ(NanosText(int64_t{391'400}), "391 us");
  EXPECT_EQ(NanosText(int64_t{1'200'000}), "1.20 ms");
  EXPECT_EQ(NanosText(int64_t{61'000'000'000}), "61.0 s");
}

TEST(NanosText, RoundsBeforeItChoosesTheUnit) {
  EXPECT_EQ(NanosText(int64_t{999'499}), "999 us");
  EXPECT_EQ(NanosText(int64_t{999'600}), "1.00 ms");
  EXPECT_EQ(NanosText(int64_t{9'996}), "10.0 us");
}

TEST(NanosText, ShowsFractionsOfMeansOnly) {
  EXPECT_EQ(NanosText(12.34), "12.3 ns");
  EXPECT_EQ(NanosText(0.5), "0.50 ns");
  EXPECT_EQ(NanosText(int64_t{12}), "12 ns");
}

TEST(RateText, CountsInThousands) {
  EXPECT_EQ(RateText(0), "0");
  EXPECT_EQ(RateText(640), "640");
  EXPECT_EQ(RateText(25'641), "25.6 k");
  EXPECT_EQ(RateText(4'980'000), "4.98 M");
}

TEST(ByteRateText, CountsInPowersOfTen) {
  EXPECT_EQ(ByteRateText(1'641'024), "1.64 MB");
  EXPECT_EQ(ByteRateText(79e9), "79.0 GB");
}

TEST(SizeText, UsesBinaryUnitsOnlyWhereTheyAreExact) {
  EXPECT_EQ(SizeText(64), "64 B");
  EXPECT_EQ(SizeText(1500), "1500 B");
  EXPECT_EQ(SizeText(4096), "4 KiB");
  EXPECT_EQ(SizeText(1 << 20), "1 MiB");
  EXPECT_EQ(SizeText((1 << 20) + 1), "1048577 B");
}

}  // namespace
}  // namespace ipclab::cli
