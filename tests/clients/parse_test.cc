#include "clients/cli/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ParseSize, TakesBinarySuffixesInAnyCase) {
  EXPECT_EQ(ParseSize("64").value(), 64);
  EXPECT_EQ(ParseSize("64B").value(), 64);
  EXPECT_EQ(ParseSize("4k").value(), 4096);
  EXPECT_EQ(ParseSize("4KiB").value(), 4096);
  EXPECT_EQ(ParseSize("1M").value(), 1 << 20);
  EXPECT_EQ(ParseSize(" 1 MiB ").value(), 1 << 20);
}

TEST(ParseSize, RefusesWhatIsNoSize) {
  for (const char* text : {"", "0", "-1", "x", "4x", "k", "1.5k", "99999999999999999999",
                           "9223372036854775807k", "4 4"}) {
    EXPECT_FALSE(ParseSize(text).ok()) << text;
  }
}

TEST(ParseSizes, ReadsAList) {
  EXPECT_THAT(ParseSizes("64,4k").value(), ElementsAre(64, 4096));
  EXPECT_FALSE(ParseSizes("64,").ok());
}

TEST(ParseSizes, DoublesInARangeAsFarAsItsEnd) {
  EXPECT_THAT(ParseSizes("64..256").value(), ElementsAre(64, 128, 256));
  EXPECT_THAT(ParseSizes("1,64..255,1k..1k").value(), ElementsAre(1, 64, 128, 1024));
  EXPECT_EQ(ParseSizes("1..1G")->size(), 31u);
  for (const char* text : {"64..", "..64", "64...128", "128..64", "0..64", "64..128..256", "64..2G",
                           "1..9223372036854775807"}) {
    EXPECT_FALSE(ParseSizes(text).ok()) << text;
  }
}

TEST(ParseSizes, ASizeThatIsThereTwiceIsMeasuredOnce) {
  EXPECT_THAT(ParseSizes("64,4k,64,32..128").value(), ElementsAre(64, 4096, 32, 128));
}

TEST(ParseRate, TakesThousandsAndMillions) {
  EXPECT_EQ(ParseRate("10000").value(), 1e4);
  EXPECT_EQ(ParseRate("10k").value(), 1e4);
  EXPECT_EQ(ParseRate("1.5M").value(), 1.5e6);
  EXPECT_EQ(ParseRate("0.5").value(), 0.5);
  EXPECT_EQ(ParseRate("100M").value(), 1e8);
}

TEST(ParseRate, RefusesWhatIsNoRate) {
  for (const char* text :
       {"", "0", "-1", "k", "10kk", "10 k", "inf", "nan", "1e3", "101M", "fast"}) {
    EXPECT_FALSE(ParseRate(text).ok()) << text;
  }
}

TEST(ParseDuration, TakesUnitsAndBareSeconds) {
  EXPECT_EQ(ParseDuration("300ms").value(), absl::Milliseconds(300));
  EXPECT_EQ(ParseDuration("1m30s").value(), absl::Seconds(90));
  EXPECT_EQ(ParseDuration("2").value(), absl::Seconds(2));
  EXPECT_EQ(ParseDuration("0.5").value(), absl::Milliseconds(500));
}

TEST(ParseDuration, RefusesNothingNegativeAndEndless) {
  for (const char* text : {"", "0", "0s", "-1s", "inf", "nan", "25h", "soon"}) {
    EXPECT_FALSE(ParseDuration(text).ok()) << text;
  }
}

TEST(ParsePatterns, NamesTheChoicesWhenItIsNone) {
  EXPECT_THAT(ParsePatterns("round_trip").value(), ElementsAre(v1::Pattern::ROUND_TRIP));
  EXPECT_THAT(ParsePatterns("STREAM,round_trip").value(),
              ElementsAre(v1::Pattern::STREAM, v1::Pattern::ROUND_TRIP));
  const auto refused = ParsePatterns("kind_unspecified");
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("round_trip, stream, fan_in, fan_out, pipeline, broadcast, contention, "
                        "hand_off, notify"));
}

TEST(ParseWaits, ReadsAListInWhichEachIsOnce) {
  EXPECT_THAT(
      ParseWaits("spin_then_block,block,spin").value(),
      ElementsAre(v1::MeasureSpec::SPIN_THEN_BLOCK, v1::MeasureSpec::BLOCK, v1::MeasureSpec::SPIN));
  for (const char* text : {"", "spin,", "spin,spin", "wait_unspecified", "sleep"}) {
    EXPECT_FALSE(ParseWaits(text).ok()) << text;
  }
}

TEST(ParsePlacement, TakesAPolicyByName) {
  const auto placement = ParsePlacement("same_cache");
  ASSERT_TRUE(placement.ok());
  EXPECT_EQ(placement->policy(), v1::Placement::SAME_CACHE);
  EXPECT_TRUE(placement->cpus().empty());
}

TEST(ParsePlacement, TakesCpusInTheOrderOfTheWorkers) {
  const auto placement = ParsePlacement("3,0");
  ASSERT_TRUE(placement.ok());
  EXPECT_EQ(placement->policy(), v1::Placement::EXPLICIT);
  EXPECT_THAT(placement->cpus(), ElementsAre(3, 0));
}

TEST(ParsePlacement, RefusesWhatIsNeither) {
  for (const char* text : {"", "explicit", "0,", "0,,1", "99999999999", "far"}) {
    EXPECT_FALSE(ParsePlacement(text).ok()) << text;
  }
}

using Option = std::pair<std::string, std::string>;

TEST(ParseOption, SplitsAtTheFirstEqualsSign) {
  EXPECT_EQ(ParseOption("capacity=65536").value(), Option("capacity", "65536"));
  EXPECT_EQ(ParseOption("a=b=c").value(), Option("a", "b=c"));
  EXPECT_EQ(ParseOption("a=").value(), Option("a", ""));
  EXPECT_FALSE(ParseOption("a").ok());
  EXPECT_FALSE(ParseOption("=b").ok());
}

}  // namespace
}  // namespace ipclab::cli
