#include "clients/cli/explore/histogram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "clients/cli/step/glyphs.h"
#include "tests/clients/explore/explorations.h"

namespace ipclab::cli {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr HistogramForm kAscii = {.most = 20, .glyphs = Glyphs::kAscii};

Terminal Wide(size_t width) { return {.interactive = true, .width = width, .colours = false}; }

std::vector<v1::ExploreOutcome> Many(int count) {
  std::vector<v1::ExploreOutcome> outcomes;
  for (int i = 0; i < count; ++i) {
    outcomes.push_back(Outcome(absl::StrCat("n=", i), absl::StrCat(i + 1), /*failing=*/i < 2));
  }
  return outcomes;
}

TEST(Histogram, BarsAreSharesOfAllSchedulesAndFailuresAreMarkedInWords) {
  const auto lines = HistogramLines({Outcome("counter=11", "4", true), Outcome("counter=12", "2")},
                                    6, kAscii, Wide(60));
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0], "  counter=11  ##################           4   66.7%  FAILS");
  EXPECT_EQ(lines[1], "  counter=12  #########                    2   33.3%");
}

TEST(Histogram, NumbersComeInOrderOfTheirValue) {
  const auto lines =
      HistogramLines({Outcome("n=10", "1"), Outcome("n=9", "1"), Outcome("n=-3", "1"),
                      Outcome("a=[1,10]", "1"), Outcome("a=[1,9]", "1")},
                     5, kAscii, Wide(80));
  ASSERT_THAT(lines, SizeIs(5));
  EXPECT_THAT(lines[0], HasSubstr("a=[1,9]"));
  EXPECT_THAT(lines[1], HasSubstr("a=[1,10]"));
  EXPECT_THAT(lines[3], HasSubstr("n=9"));
  EXPECT_THAT(lines[4], HasSubstr("n=10"));
}

// Some that end alike fail, others do not: an assertion on the way, say.
TEST(Histogram, OutcomesWithOneNameStayInTheOrderOfTheServer) {
  const auto lines =
      HistogramLines({Outcome("n=1", "1"), Outcome("n=1", "2", true)}, 3, kAscii, Wide(80));
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[0], Not(HasSubstr("FAILS")));
  EXPECT_THAT(lines[1], EndsWith("FAILS"));
}

TEST(Histogram, WhatIsRarestIsSummedUpInOneLine) {
  const auto lines = HistogramLines(Many(25), 325, kAscii, Wide(80));
  ASSERT_THAT(lines, SizeIs(21));
  EXPECT_THAT(lines[0], HasSubstr("n=5 "));  // 0 to 4 are the rarest
  EXPECT_THAT(lines[20], AllOf(HasSubstr("5 more outcomes"), HasSubstr(" 15 "), HasSubstr("4.6%"),
                               EndsWith("2 FAIL")));
}

TEST(Histogram, WhatIsRareStillHasAMark) {
  EXPECT_EQ(ShareBar(1e-9, 40, Glyphs::kAscii), "|");
  EXPECT_EQ(ShareBar(1e-9, 40, Glyphs::kBlocks), "▏");
  EXPECT_EQ(ShareBar(0, 40, Glyphs::kBlocks), "");
  EXPECT_EQ(ShareBar(1, 4, Glyphs::kBlocks), "████");
  EXPECT_EQ(ShareBar(0.5, 5, Glyphs::kBlocks), "██▌");
}

TEST(Histogram, NoLineIsWiderThanTheTerminal) {
  const std::vector<v1::ExploreOutcome> outcomes = {
      Outcome(std::string(200, 'x'), "170141183460469231731687303715884105727", true, true),
      Outcome("日本語日本語日本語日本語日本語日本語日本語日本語", "1"), Outcome("", "1")};
  for (const size_t width : {80u, 120u, 200u}) {
    for (const Glyphs glyphs : {Glyphs::kAscii, Glyphs::kBlocks}) {
      for (const std::string& line :
           HistogramLines(outcomes, absl::Uint128Max(), {.glyphs = glyphs}, Wide(width))) {
        EXPECT_LT(ColumnsTaken(line), width) << line;
      }
    }
  }
}

TEST(Histogram, OutcomesThatNobodyCountedAreNamedOnly) {
  const auto lines =
      HistogramLines({Outcome("n=1", "", true), Outcome("n=2", "")}, 0, kAscii, Wide(80));
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0], "  n=1  FAILS");
  EXPECT_EQ(lines[1], "  n=2");
}

TEST(Histogram, ADeadlockSaysSoThoughNothingIsObserved) {
  const auto lines =
      HistogramLines({Outcome("deadlock: ", "1", true, true), Outcome("", "1")}, 2, kAscii, {});
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[0], StartsWith("  (nothing is observed)"));
  EXPECT_THAT(lines[1], AllOf(StartsWith("  deadlock: "), EndsWith("DEADLOCK")));
}

TEST(Histogram, ColoursComeOnlyWhereTheyAreWanted) {
  const std::vector<v1::ExploreOutcome> outcomes = {Outcome("n=1", "1", true)};
  EXPECT_THAT(HistogramLines(outcomes, 1, kAscii, {.width = 80, .colours = true})[0],
              HasSubstr("\033["));
  EXPECT_THAT(HistogramLines(outcomes, 1, kAscii, Wide(80))[0], Not(HasSubstr("\033[")));
}

TEST(Histogram, AnOutcomeCannotMoveTheCursor) {
  EXPECT_THAT(HistogramLines({Outcome("s=\033[2J", "1")}, 1, kAscii, Wide(80))[0],
              Not(HasSubstr("\033")));
}

}  // namespace
}  // namespace ipclab::cli
