#include "server/warm_up.h"

#include "gtest/gtest.h"

namespace ipclab {
namespace {

v1::MeasureSpec OfTime(int64_t milliseconds) {
  v1::MeasureSpec measure;
  measure.set_pattern(v1::Pattern::ROUND_TRIP);
  measure.set_message_bytes(64);
  measure.mutable_duration()->set_seconds(milliseconds / 1000);
  measure.mutable_duration()->set_nanos(static_cast<int32_t>(milliseconds % 1000 * 1'000'000));
  return measure;
}

// A window of round trips that all took so long.
Figures Window(int64_t nanos, int64_t messages = 1000) {
  Figures figures;
  WorkerFigures& initiator = figures.workers.emplace_back();
  initiator.role = internal::INITIATOR;
  initiator.counters.set_messages(messages);
  initiator.round_trip = {.count = messages,
                          .min = nanos,
                          .max = nanos,
                          .buckets = {{HistogramLayout::IndexOf(nanos), messages}}};
  return figures;
}

TEST(WarmUpWindowTest, LargeRareAndHeldMessagesAreFewer) {
  v1::MeasureSpec measure = OfTime(1000);
  EXPECT_EQ(WarmUpWindow(measure), 1000);
  measure.set_message_bytes(1 << 20);
  EXPECT_EQ(WarmUpWindow(measure), 64);
  measure.mutable_load()->set_per_second(100);
  EXPECT_EQ(WarmUpWindow(measure), 10);
  v1::MeasureSpec contention;
  contention.set_pattern(v1::Pattern::CONTENTION);
  contention.set_workers(4);
  EXPECT_EQ(WarmUpWindow(contention), 100);
  contention.mutable_critical_section()->set_nanos(5'000'000);
  EXPECT_EQ(WarmUpWindow(contention), 5);
}

TEST(WarmUpTest, IsWatchedWhereThereIsTimeAndNobodySaidHowLong) {
  EXPECT_TRUE(IsWarmUpWatched(OfTime(300)));
  v1::MeasureSpec told = OfTime(300);
  told.set_warm_up_messages(0);
  EXPECT_FALSE(IsWarmUpWatched(told));
  v1::MeasureSpec load = OfTime(300);
  load.mutable_load()->set_per_second(1000);
  EXPECT_FALSE(IsWarmUpWatched(load));
  v1::MeasureSpec few = OfTime(300);
  few.set_messages(11'999);
  EXPECT_FALSE(IsWarmUpWatched(few));
  few.set_messages(12'000);
  EXPECT_TRUE(IsWarmUpWatched(few));
}

TEST(WarmUpTest, EndsWhenTheWindowsAreSteady) {
  const v1::MeasureSpec measure = OfTime(1000);
  WarmUp warm_up(measure);
  warm_up.Add(Window(9000), absl::Milliseconds(9));
  for (int i = 0; i < 40 && !warm_up.over(); ++i) {
    warm_up.Add(Window(4000), absl::Milliseconds(4));
  }
  const v1::WarmUp told = warm_up.ToProto();
  EXPECT_TRUE(told.steady());
  EXPECT_GE(told.window_nanos_size(), 7);
  EXPECT_LT(told.window_nanos_size(), 15);
  EXPECT_EQ(told.messages(), 1000 * told.window_nanos_size());
  EXPECT_EQ(told.window_nanos(0), 9000);
}

TEST(WarmUpTest, EndsUnsteadyAfterHalfOfTheTime) {
  const v1::MeasureSpec measure = OfTime(100);
  WarmUp warm_up(measure);
  int64_t nanos = 1000;
  int windows = 0;
  for (; !warm_up.over(); ++windows) {
    warm_up.Add(Window(nanos *= 2), absl::Milliseconds(10));
  }
  EXPECT_EQ(windows, 5);
  EXPECT_FALSE(warm_up.ToProto().steady());
  EXPECT_EQ(warm_up.ToProto().elapsed().nanos(), 50'000'000);
}

TEST(WarmUpTest, AWindowMayNotOutlastTheRest) {
  const v1::MeasureSpec measure = OfTime(100);
  WarmUp warm_up(measure);
  EXPECT_EQ(warm_up.NextWindow().duration_nanos(), 50'000'000);
  EXPECT_EQ(warm_up.NextWindow().messages(), 1000);
  warm_up.Add(Window(4000), absl::Milliseconds(30));
  EXPECT_EQ(warm_up.NextWindow().duration_nanos(), 20'000'000);
}

TEST(WarmUpTest, OfMessagesIsAtMostHalfOfThem) {
  v1::MeasureSpec measure;
  measure.set_pattern(v1::Pattern::ROUND_TRIP);
  measure.set_messages(20'000);
  WarmUp warm_up(measure);
  int64_t nanos = 10;
  int windows = 0;
  for (; !warm_up.over(); ++windows) warm_up.Add(Window(nanos *= 2), absl::Milliseconds(1));
  EXPECT_EQ(windows, 10);
}

TEST(WarmUpTest, WhatLosesEverythingEndsTooAndHasNoWindows) {
  v1::MeasureSpec measure;
  measure.set_pattern(v1::Pattern::STREAM);
  measure.set_messages(20'000);
  WarmUp warm_up(measure);
  Figures nothing;
  nothing.workers.emplace_back().role = internal::RECEIVER;
  for (int i = 0; i < 20'000 && !warm_up.over(); ++i) {
    warm_up.Add(nothing, absl::Milliseconds(1));
  }
  EXPECT_TRUE(warm_up.over());
  EXPECT_EQ(warm_up.ToProto().window_nanos_size(), 0);
}

}  // namespace
}  // namespace ipclab
