#include "clients/cli/watch_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "clients/cli/live_block.h"
#include "tests/clients/measure/trials.h"

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kWatched = absl::FromUnixSeconds(1'767'225'600);

v1::ExperimentEvent Snapshot() {
  v1::ExperimentEvent event;
  v1::Experiment& experiment = *event.mutable_snapshot();
  experiment.set_name("experiments/x-1");
  experiment.set_state(v1::Experiment::RUNNING);
  *experiment.mutable_spec() = PipeSpec();
  experiment.mutable_spec()->mutable_measure()->set_messages(1000);
  experiment.mutable_create_time()->set_seconds(absl::ToUnixSeconds(kWatched) - 3);
  return event;
}

v1::Metrics Figures(int64_t messages) {
  v1::Metrics metrics;
  metrics.mutable_total()->set_messages(messages);
  return metrics;
}

std::string Text(const WatchView& view, size_t width = 80) {
  return absl::StrJoin(view.Lines({.interactive = true, .width = width}, kWatched), "\n");
}

TEST(WatchView, ShowsStateStepRateAndWhatHappened) {
  WatchView view(Glyphs::kAscii);
  view.Take(Snapshot());
  view.Take(Figures(0), kWatched);
  view.Take(Figures(250), kWatched + absl::Milliseconds(250));
  view.Take(Figures(500), kWatched + absl::Milliseconds(750));
  const std::string text = Text(view);
  EXPECT_THAT(text, HasSubstr("x-1  RUNNING\n"));
  EXPECT_THAT(text, HasSubstr("  pipe, round_trip, 64 B, different_cores\n"));
  EXPECT_THAT(text,
              HasSubstr("  step        500 of 1000 messages  ############............ 50%\n"));
  EXPECT_THAT(text, HasSubstr("  messages/s  500      #=\n"));
  EXPECT_THAT(text, HasSubstr("  lived       3s\n"));
  EXPECT_THAT(text, HasSubstr("RUNNING at step 0: pipe"));
}

TEST(WatchView, ATimeThatIsToPassIsSetAgainstTheTimeThatHasPassed) {
  WatchView view(Glyphs::kAscii);
  v1::ExperimentEvent snapshot = Snapshot();
  snapshot.mutable_snapshot()->mutable_spec()->mutable_measure()->mutable_duration()->set_seconds(
      60);
  view.Take(snapshot);
  v1::Metrics metrics = Figures(500);
  metrics.mutable_elapsed()->set_seconds(15);
  view.Take(metrics, kWatched);
  EXPECT_THAT(Text(view),
              HasSubstr("  step        500 in 15s of 1m  ######.................. 25%\n"));
}

TEST(WatchView, WhatIsParkedHasNoRate) {
  WatchView view(Glyphs::kAscii);
  view.Take(Snapshot());
  view.Take(Figures(500), kWatched);
  view.Take(Figures(500), kWatched + absl::Seconds(1));
  EXPECT_THAT(Text(view), HasSubstr("messages/s  0        _\n"));
}

TEST(WatchView, StepsAndFreeRunsAreNotTakenForOneAnother) {
  WatchView view(Glyphs::kAscii);
  view.Take(Snapshot());
  view.Take(Figures(500), kWatched);
  v1::Metrics stepped = Figures(700);
  stepped.set_stepped(true);
  view.Take(stepped, kWatched + absl::Seconds(1));
  EXPECT_THAT(Text(view), HasSubstr("messages/s  -  "));
}

TEST(WatchView, TheResultHasTheLastFigures) {
  WatchView view(Glyphs::kAscii);
  view.Take(Snapshot());
  view.Take(Figures(10), kWatched);
  v1::ExperimentEvent end = Snapshot();
  end.mutable_snapshot()->set_state(v1::Experiment::SUCCEEDED);
  end.mutable_snapshot()->mutable_result()->mutable_metrics()->mutable_total()->set_messages(1000);
  view.Take(end);
  EXPECT_THAT(Text(view), HasSubstr("1000 of 1000 messages  ######################## 100%"));
}

TEST(WatchView, ALostConnectionIsToldUntilTheNextEvent) {
  WatchView view(Glyphs::kAscii);
  view.Take(Snapshot());
  view.SetLost("the server is gone");
  EXPECT_THAT(Text(view), HasSubstr("the server is gone"));
  view.Take(Snapshot());
  EXPECT_THAT(Text(view), Not(HasSubstr("the server is gone")));
}

TEST(WatchView, KeepsTheLastFewEventsOnly) {
  WatchView view(Glyphs::kAscii);
  view.Take(Snapshot());
  for (int i = 1; i <= 10; ++i) {
    v1::ExperimentEvent event;
    event.mutable_step_done()->set_step(i);
    view.Take(event);
  }
  EXPECT_THAT(Text(view), Not(HasSubstr("step 6,")));
  EXPECT_THAT(Text(view), HasSubstr("step 7,"));
  EXPECT_THAT(Text(view), HasSubstr("step 10,"));
}

TEST(WatchView, NoLineIsWiderThanTheTerminal) {
  WatchView view(Glyphs::kBlocks);
  view.Take(Snapshot());
  for (int i = 0; i < 300; ++i) view.Take(Figures(i), kWatched + absl::Seconds(i));
  for (const size_t width : {20, 40, 80, 132}) {
    for (const std::string& line : view.Lines({.interactive = true, .width = width}, kWatched)) {
      EXPECT_LT(ColumnsOf(line), width) << line;
    }
  }
}

TEST(LiveBlock, GoesOverWhatWasDrawnBefore) {
  EXPECT_EQ(Redraw(0, {"a", "b"}), "a\033[K\nb\033[K\n\033[J");
  EXPECT_EQ(Redraw(2, {"c"}), "\r\033[2Ac\033[K\n\033[J");
}

}  // namespace
}  // namespace ipclab::cli
