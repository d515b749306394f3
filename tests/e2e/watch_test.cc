// Watching experiments: a snapshot, every change in order, a last snapshot.

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using google::protobuf::util::MessageDifferencer;
using v1::ExperimentEvent;

// The states that the events go through, the first snapshot's included.
std::vector<E::State> StatesOf(const std::vector<ExperimentEvent>& events) {
  std::vector<E::State> states = {events.at(0).snapshot().state()};
  for (const ExperimentEvent& event : events) {
    if (!event.has_state_change()) continue;
    EXPECT_EQ(event.state_change().from(), states.back());
    states.push_back(event.state_change().to());
  }
  return states;
}

// A snapshot, changes whose sequences grow by one, and a snapshot of the last of them.
void ExpectWhole(const std::vector<ExperimentEvent>& events) {
  ASSERT_GE(events.size(), 2u);
  EXPECT_TRUE(events.front().has_snapshot());
  for (size_t i = 1; i + 1 < events.size(); ++i) {
    EXPECT_FALSE(events[i].has_snapshot());
    EXPECT_EQ(events[i].sequence(), events[i - 1].sequence() + 1);
    EXPECT_TRUE(events[i].has_time());
  }
  EXPECT_TRUE(events.back().has_snapshot());
  EXPECT_EQ(events.back().sequence(), events[events.size() - 2].sequence());
}

TEST(WatchTest, SeesEveryChangeInOrderBetweenTwoSnapshots) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", 100)).name();
  EventStream stream = server.client().Watch(name);
  std::vector<ExperimentEvent> events = {stream.Next().value()};
  ASSERT_TRUE(server.client().Step(name, 10).ok());
  ASSERT_TRUE(server.client().Run(name).ok());
  for (ExperimentEvent& event : stream.Rest()) events.push_back(std::move(event));
  EXPECT_TRUE(stream.Finish().ok());
  ExpectWhole(events);
  EXPECT_THAT(StatesOf(events), testing::ElementsAre(E::READY, E::RUNNING, E::PAUSED, E::RUNNING,
                                                     E::STOPPING, E::SUCCEEDED));
  int steps = 0;
  int worker_ends = 0;
  for (const ExperimentEvent& event : events) {
    steps += event.has_step_done();
    worker_ends += event.has_worker_end();
  }
  EXPECT_EQ(steps, 1);
  EXPECT_EQ(worker_ends, 2);
  EXPECT_TRUE(
      MessageDifferencer::Equals(events.back().snapshot(), server.client().Get(name).value));
}

TEST(WatchTest, ManyWatchersSeeTheSame) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", 100)).name();
  std::vector<EventStream> streams;
  for (int i = 0; i < 20; ++i) {
    streams.push_back(server.client().Watch(name));
    EXPECT_EQ(streams.back().Next()->snapshot().state(), E::READY);
  }
  ASSERT_TRUE(server.client().Run(name).ok());
  std::vector<std::string> first;
  for (EventStream& stream : streams) {
    std::vector<std::string> seen;
    for (const ExperimentEvent& event : stream.Rest()) {
      if (!event.has_snapshot()) seen.push_back(event.SerializeAsString());
    }
    if (first.empty()) first = seen;
    EXPECT_EQ(seen, first);
    EXPECT_TRUE(stream.Finish().ok());
  }
}

TEST(WatchTest, AfterTheEndItGetsOneSnapshotAndOk) {
  const LabServer server;
  const E done = server.client().CreateAndFinish(Measure("null"));
  EventStream stream = server.client().Watch(done.name());
  const std::vector<ExperimentEvent> events = stream.Rest();
  EXPECT_TRUE(stream.Finish().ok());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(MessageDifferencer::Equals(events[0].snapshot(), done));
}

TEST(WatchTest, ALateWatcherStartsWithThePresent) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", 100)).name();
  ASSERT_TRUE(server.client().Step(name, 10).ok());
  EventStream stream = server.client().Watch(name);
  const auto snapshot = stream.Next();
  ASSERT_TRUE(snapshot.has_value());
  EXPECT_EQ(snapshot->snapshot().state(), E::PAUSED);
  EXPECT_EQ(snapshot->snapshot().step(), 10);
  ASSERT_TRUE(server.client().Run(name).ok());
  EXPECT_EQ(stream.Next()->sequence(), snapshot->sequence() + 1);
}

TEST(WatchTest, AWatcherThatNeverReadsHoldsUpNobody) {
  const LabServer server;
  const LabClient lazy(server.unix_address(), "", /*small_window=*/true);
  const std::string name = server.client().CreateReady(Measure("pipe", 2000)).name();
  EventStream unread = lazy.Watch(name);
  MetricsStream unread_metrics = lazy.WatchMetrics(name, absl::Milliseconds(10));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(server.client().Step(name, 1).ok());
  ASSERT_TRUE(server.client().Run(name).ok());
  EXPECT_EQ(server.client().AwaitEnd(name).state(), E::SUCCEEDED);
}

TEST(WatchTest, OneThatFellTooFarBehindIsToldToStartAgain) {
  const LabServer server;
  const LabClient lazy(server.unix_address(), "", /*small_window=*/true);
  const std::string name = server.client().CreateReady(Measure("null", 100'000)).name();
  EventStream slow = lazy.Watch(name);
  ASSERT_TRUE(slow.Next().has_value());
  // Three changes each: more than the log and all the buffers on the way hold.
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(server.client().Step(name, 1).ok());
  int64_t last = 0;
  for (const ExperimentEvent& event : slow.Rest()) {
    if (last != 0) {
      EXPECT_EQ(event.sequence(), last + 1);  // nothing is left out in silence
    }
    last = event.sequence();
  }
  EXPECT_TRUE(Refused(slow.Finish(), grpc::RESOURCE_EXHAUSTED, "WATCHER_TOO_SLOW"));
  EXPECT_EQ(server.client().Watch(name).Next()->snapshot().state(), E::PAUSED);
}

TEST(WatchTest, AClientThatGoesAwayDisturbsNobody) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", 2000)).name();
  EventStream stays = server.client().Watch(name);
  stays.Next();
  for (int i = 0; i < 10; ++i) {
    EventStream leaves = server.client().Watch(name);
    leaves.Next();
    leaves.Cancel();
    MetricsStream leaves_too = server.client().WatchMetrics(name, absl::Milliseconds(10));
    leaves_too.Cancel();
  }
  {
    const LabClient gone(server.unix_address());
    gone.Watch(name).Next();
  }
  ASSERT_TRUE(server.client().Run(name).ok());
  stays.Rest();
  EXPECT_TRUE(stays.Finish().ok());
  EXPECT_EQ(server.client().Get(name)->state(), E::SUCCEEDED);
}

TEST(WatchMetricsTest, SnapshotsGrowUntilTheLastFigures) {
  const LabServer server;
  auto request = Measure("pipe", kEndless);
  request.mutable_spec()->mutable_measure()->mutable_duration()->set_seconds(0);
  request.mutable_spec()->mutable_measure()->mutable_duration()->set_nanos(200'000'000);
  const std::string name = server.client().CreateReady(request).name();
  MetricsStream stream = server.client().WatchMetrics(name, absl::Milliseconds(10));
  ASSERT_TRUE(stream.Next().has_value());
  ASSERT_TRUE(server.client().Run(name).ok());
  std::vector<v1::Metrics> snapshots = stream.Rest();
  EXPECT_TRUE(stream.Finish().ok());
  for (v1::Metrics& metrics : snapshots) metrics.clear_skipped();  // this reader's own matter
  ASSERT_GE(snapshots.size(), 2u);
  for (size_t i = 1; i < snapshots.size(); ++i) {
    if (snapshots[i].sequence() == snapshots[i - 1].sequence()) {  // the last ones, come again
      EXPECT_EQ(snapshots[i].SerializeAsString(), snapshots[i - 1].SerializeAsString());
    }
    EXPECT_GE(snapshots[i].sequence(), snapshots[i - 1].sequence());
    EXPECT_GE(snapshots[i].total().messages(), snapshots[i - 1].total().messages());
  }
  const E done = server.client().Get(name).value;
  EXPECT_EQ(snapshots.back().total().messages(), done.step());
  EXPECT_EQ(snapshots.back().SerializeAsString(), done.result().metrics().SerializeAsString());
}

TEST(WatchMetricsTest, WhatASlowReaderMissesIsCounted) {
  const LabServer server;
  const LabClient lazy(server.unix_address(), "", /*small_window=*/true);
  const std::string name = server.client().CreateReady(Measure("pipe", kEndless)).name();
  ASSERT_TRUE(server.client().Run(name).ok());
  MetricsStream slow = lazy.WatchMetrics(name, absl::Milliseconds(10));
  ASSERT_TRUE(slow.Next().has_value());
  // The time that passes is that of a reader who keeps up.
  MetricsStream quick = server.client().WatchMetrics(name, absl::Milliseconds(10));
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(quick.Next().has_value());
  ASSERT_TRUE(server.client().Cancel(name).ok());
  int64_t skipped = 0;
  for (const v1::Metrics& metrics : slow.Rest()) skipped += metrics.skipped();
  EXPECT_GT(skipped, 0);
  EXPECT_TRUE(slow.Finish().ok());
}

TEST(WatchMetricsTest, OfAnEndedExperimentAreItsLastFigures) {
  const LabServer server;
  const E done = server.client().CreateAndFinish(Measure("null"));
  MetricsStream stream = server.client().WatchMetrics(done.name(), absl::Hours(1));
  const std::vector<v1::Metrics> snapshots = stream.Rest();
  EXPECT_TRUE(stream.Finish().ok());
  ASSERT_EQ(snapshots.size(), 1u);
  EXPECT_EQ(snapshots[0].SerializeAsString(), done.result().metrics().SerializeAsString());
}

TEST(WatchMetricsTest, AnIntervalOutOfRangeIsRefused) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure()).name();
  for (const absl::Duration interval :
       {absl::ZeroDuration(), absl::Milliseconds(9), -absl::Seconds(1), absl::Hours(2)}) {
    MetricsStream stream = server.client().WatchMetrics(name, interval);
    EXPECT_FALSE(stream.Next().has_value());
    const grpc::Status status = stream.Finish();
    EXPECT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, "BAD_REQUEST")) << interval;
    EXPECT_EQ(ViolatedFields(status), std::vector<std::string>{"interval"});
  }
}

TEST(WatchMetricsTest, WhatIsNotThereCannotBeWatched) {
  const LabServer server;
  MetricsStream metrics = server.client().WatchMetrics("experiments/none", absl::Seconds(1));
  metrics.Next();
  EXPECT_TRUE(Refused(metrics.Finish(), grpc::NOT_FOUND, "NOT_FOUND"));
  EventStream events = server.client().Watch("experiments/none");
  events.Next();
  EXPECT_TRUE(Refused(events.Finish(), grpc::NOT_FOUND, "NOT_FOUND"));
}

}  // namespace
}  // namespace ipclab
