// Stopping is orderly and bounded.

#include <signal.h>

#include <thread>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using E = v1::Experiment;

// The grace of ipclabd, and what a busy host may add.
constexpr absl::Duration kGrace = absl::Seconds(5);
constexpr absl::Duration kBusy = absl::Seconds(5);

class StopTest : public testing::TestWithParam<int> {};

TEST_P(StopTest, UnderLoadEndsWatchesAndRunsWithinItsGrace) {
  LabServer server;
  std::vector<std::string> names;
  for (int i = 0; i < 3; ++i) {
    auto request = Measure("pipe", kEndless);
    request.mutable_spec()->set_share_cpus(true);
    request.mutable_spec()->mutable_measure()->set_warm_up_messages(0);
    names.push_back(server.client().CreateReady(request).name());
  }
  ASSERT_TRUE(server.client().Run(names[0]).ok());
  ASSERT_TRUE(server.client().Run(names[1]).ok());
  std::vector<EventStream> events;
  std::vector<MetricsStream> metrics;
  for (const std::string& name : names) {
    events.push_back(server.client().Watch(name));
    events.back().Next();
    metrics.push_back(server.client().WatchMetrics(name, absl::Milliseconds(10)));
    metrics.back().Next();
  }
  while (const auto now = metrics[0].Next()) {
    if (now->total().messages() > 0) break;
  }

  const absl::Time start = absl::Now();
  server.Signal(GetParam());
  for (EventStream& stream : events) {
    stream.Rest();
    EXPECT_TRUE(Refused(stream.Finish(), grpc::UNAVAILABLE, "SERVER_STOPPING"));
  }
  for (MetricsStream& stream : metrics) {
    stream.Rest();
    EXPECT_TRUE(Refused(stream.Finish(), grpc::UNAVAILABLE, "SERVER_STOPPING"));
  }
  EXPECT_EQ(server.AwaitExit(), 0) << server.Complaints();
  EXPECT_LT(absl::Now() - start, kGrace + kBusy);

  server.Restart();
  for (const std::string& name : names) {
    const E aborted = server.client().Get(name).value;
    EXPECT_EQ(aborted.state(), E::ABORTED);
    EXPECT_EQ(aborted.end().class_(), v1::End::SERVER);
    EXPECT_EQ(aborted.end().reason(), "SERVER_STOPPING");
  }
  // What it had measured until then is kept.
  EXPECT_GT(server.client().Get(names[0])->result().metrics().total().messages(), 0);
}

INSTANTIATE_TEST_SUITE_P(By, StopTest, testing::Values(SIGTERM, SIGINT, SIGHUP),
                         [](const auto& each) {
                           return std::string("SIG") + sigabbrev_np(each.param);
                         });

TEST(StopUnderWatchTest, AWatcherThatDoesNotReadDoesNotHoldItUp) {
  LabServer server;
  const LabClient lazy(server.unix_address(), "", /*small_window=*/true);
  const std::string name = server.client().CreateReady(Measure("null", 100'000)).name();
  EventStream unread = lazy.Watch(name);
  unread.Next();
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(server.client().Step(name, 1).ok());
  const absl::Time start = absl::Now();
  EXPECT_EQ(server.Terminate(), 0) << server.Complaints();
  EXPECT_LT(absl::Now() - start, kGrace + kBusy);
}

TEST(StopUnderWatchTest, AStepThatIsUnderWayIsToldThatItsExperimentEnded) {
  LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", kEndless)).name();
  std::thread stepping([&] {
    const auto step = server.client().Step(name, 1'000'000'000);
    EXPECT_TRUE(Refused(step.status, grpc::ABORTED, "EXPERIMENT_ENDED"));
    EXPECT_EQ(ErrorInfoOf(step.status).metadata().at("reason"), "SERVER_STOPPING");
  });
  server.client().AwaitState(name, E::RUNNING);
  EXPECT_EQ(server.Terminate(), 0);
  stepping.join();
}

TEST(StopUnderWatchTest, AnIdleClientDoesNotHoldItUp) {
  LabServer server;
  EXPECT_TRUE(server.client().Info().ok());
  const absl::Time start = absl::Now();
  EXPECT_EQ(server.Terminate(), 0);
  EXPECT_LT(absl::Now() - start, kGrace / 2);
}

TEST(StopUnderWatchTest, StoppedWorkersDoNotHoldItUp) {
  LabServer server({.scripted = true});
  const E hangs = server.client().Create(Measure("hang_in_host")).value;
  const E ready = server.client().CreateReady(Measure());
  ::kill(ready.workers(0).pid(), SIGSTOP);
  EXPECT_EQ(server.Terminate(), 0);
  server.Restart();
  EXPECT_EQ(server.client().Get(hangs.name())->end().reason(), "SERVER_STOPPING");
}

}  // namespace
}  // namespace ipclab
