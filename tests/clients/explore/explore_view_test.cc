#include "clients/cli/explore/explore_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/clients/explore/explorations.h"

namespace ipclab::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr Terminal kTerminal = {.interactive = true, .width = 80, .colours = false};

v1::ExploreEvent Event(const v1::ExploreProgress& progress) {
  v1::ExploreEvent event;
  *event.mutable_progress() = progress;
  return event;
}

TEST(ProgressText, SaysHowFarOfAllAndHowLongItTakes) {
  EXPECT_EQ(ProgressText(ProgressOfCount(), 100, Glyphs::kAscii),
            "####........  34%  924,000 of 2,704,156 schedules  616 k/s  2,663 states  1s  "
            "3s left");
}

TEST(ProgressText, LosesTheLeastImportantPartsFirst) {
  EXPECT_EQ(ProgressText(ProgressOfCount(), 78, Glyphs::kAscii),
            "####........  34%  924,000 of 2,704,156 schedules  616 k/s  3s left");
  EXPECT_EQ(ProgressText(ProgressOfCount(), 30, Glyphs::kAscii), "924,000 of 2,704,156 schedules");
  EXPECT_THAT(ProgressText(ProgressOfCount(), 10, Glyphs::kAscii), SizeIs(10));
}

TEST(ProgressText, OfASearchHasTheBoundAndNoShare) {
  v1::ExploreProgress progress;
  progress.set_schedules("1234");
  progress.set_bound(1);
  const std::string text = ProgressText(progress, 78, Glyphs::kBlocks);
  EXPECT_THAT(text, AllOf(HasSubstr("1,234 schedules"), HasSubstr("with 1 preemption"),
                          Not(HasSubstr("%")), Not(HasSubstr("left"))));
}

TEST(ExploreView, SaysThatItStartsBeforeThereIsAnything) {
  const ExploreView view("lost_update: every schedule", Glyphs::kAscii);
  EXPECT_THAT(view.Lines(kTerminal, 24),
              testing::ElementsAre("lost_update: every schedule", "  starts ..."));
}

TEST(ExploreView, ShowsTheOutcomesAsTheyFillUpWithBarsOverTheWholeTotal) {
  ExploreView view("lost_update", Glyphs::kAscii);
  view.Take(Event(ProgressOfCount()));
  const auto lines = view.Lines(kTerminal, 24);
  ASSERT_THAT(lines, SizeIs(5));
  EXPECT_THAT(lines[2], AllOf(HasSubstr("counter=9"), HasSubstr("7.4%"), HasSubstr("FAILS")));
  EXPECT_THAT(lines[4], AllOf(HasSubstr("counter=12"), HasSubstr("0.9%")));
}

TEST(ExploreView, ASearchForOneFailureHasNoSharesToShow) {
  ExploreView view("lost_update", Glyphs::kAscii);
  v1::ExploreProgress progress = ProgressOfCount();
  progress.clear_total();
  progress.clear_share();
  progress.set_bound(2);
  view.Take(Event(progress));
  const auto lines = view.Lines(kTerminal, 24);
  ASSERT_THAT(lines, SizeIs(5));
  EXPECT_EQ(lines[2], "  counter=9   FAILS");
}

TEST(ExploreView, AFindingStaysInSight) {
  ExploreView view("lost_update", Glyphs::kAscii);
  v1::ExploreEvent event;
  *event.mutable_finding() = LostUpdateFinding();
  view.Take(event);
  view.Take(Event(ProgressOfCount()));
  EXPECT_THAT(view.Lines(kTerminal, 24)[2], HasSubstr("FOUND finally counter == 10 + workers"));
}

// A block that is higher than the terminal could not be drawn over.
TEST(ExploreView, FitsTheTerminal) {
  ExploreView view(std::string(300, 't'), Glyphs::kBlocks);
  v1::ExploreProgress progress = ProgressOfCount();
  for (int i = 0; i < 100; ++i) {
    *progress.add_outcomes() = Outcome(absl::StrCat(std::string(90, 'o'), i), "1", i % 2 == 0);
  }
  view.Take(Event(progress));
  v1::ExploreEvent found;
  *found.mutable_finding() = LostUpdateFinding();
  view.Take(found);
  for (const size_t rows : {2u, 5u, 12u, 23u, 60u}) {
    const auto lines = view.Lines(kTerminal, rows);
    EXPECT_LE(lines.size(), rows);
    for (const std::string& line : lines) EXPECT_LT(ColumnsOf(line), 80u) << line;
  }
}

}  // namespace
}  // namespace ipclab::cli
