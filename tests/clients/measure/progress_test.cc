#include "clients/cli/measure/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;

const ProgressView kHalf = {.done = 0.5,
                            .what = "pipe 64 B, trial 2/3",
                            .state = "",
                            .messages_per_second = 25'641,
                            .left = absl::Milliseconds(3200)};

TEST(ProgressLine, ShowsWhatAndHowFarAndHowFast) {
  EXPECT_EQ(ProgressLine(kHalf, 100),
            "[##########..........]  pipe 64 B, trial 2/3  25.6 k messages/s  4s left");
}

TEST(ProgressLine, LeavesOutWhatDoesNotFit) {
  for (size_t width = 0; width < 100; ++width) {
    EXPECT_LE(ProgressLine(kHalf, width).size(), width);
  }
  EXPECT_EQ(ProgressLine(kHalf, 55), "[##########..........]  pipe 64 B, trial 2/3  4s left");
  EXPECT_EQ(ProgressLine(kHalf, 50), "[##########..........]  pipe 64 B, trial 2/3");
}

TEST(ProgressLine, AStateTakesThePlaceOfTheRate) {
  ProgressView view = kHalf;
  view.state = "waits for its CPUs";
  EXPECT_THAT(ProgressLine(view, 100), HasSubstr("trial 2/3  waits for its CPUs  4s"));
}

TEST(ProgressLine, BeforeTheFirstMessageThereIsNoRate) {
  ProgressView view = kHalf;
  view.messages_per_second = 0;
  EXPECT_EQ(ProgressLine(view, 100), "[##########..........]  pipe 64 B, trial 2/3  4s left");
}

TEST(ProgressLine, TheBarStaysWithinItsEnds) {
  ProgressView view = kHalf;
  view.done = 7;
  EXPECT_THAT(ProgressLine(view, 100), HasSubstr("[####################]"));
  view.done = -1;
  EXPECT_THAT(ProgressLine(view, 100), HasSubstr("[....................]"));
}

TEST(ExpectedTime, ShortTrialsCountLessThanLongOnes) {
  v1::MeasureSpec measure;
  measure.mutable_duration()->set_seconds(10);
  EXPECT_GT(ExpectedTime(measure), absl::Seconds(10));
  measure.mutable_duration()->set_seconds(0);
  measure.mutable_duration()->set_nanos(100'000'000);
  EXPECT_LT(ExpectedTime(measure), absl::Seconds(1));
  measure.set_messages(1000);
  EXPECT_EQ(ExpectedTime(measure), absl::Seconds(1)) << "nobody knows";
}

}  // namespace
}  // namespace ipclab::cli
