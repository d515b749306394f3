// Two experiments that want the same CPUs.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"

namespace ipclab {
namespace {

using E = v1::Experiment;

v1::CreateExperimentRequest OnOneCpu(int64_t messages, bool share = false) {
  auto request = Measure("pipe", messages);
  request.mutable_spec()->mutable_placement()->set_policy(v1::Placement::SAME_CPU);
  request.mutable_spec()->set_share_cpus(share);
  return request;
}

std::string StartRunning(const LabClient& client, const v1::CreateExperimentRequest& request) {
  const std::string name = client.CreateReady(request).name();
  EXPECT_TRUE(client.Run(name).ok());
  client.AwaitState(name, E::RUNNING);
  return name;
}

TEST(LeaseTest, TheSecondWaitsForTheFirstAndThenRuns) {
  const LabServer server;
  const std::string first = StartRunning(server.client(), OnOneCpu(kEndless));
  const std::string second = server.client().CreateReady(OnOneCpu(100)).name();
  EventStream events = server.client().Watch(second);
  events.Next();  // the snapshot
  EXPECT_TRUE(server.client().Run(second).ok());
  const auto waits = events.Next();
  ASSERT_TRUE(waits.has_value());
  EXPECT_EQ(waits->state_change().to(), E::PENDING);
  EXPECT_THAT(waits->state_change().reason(), testing::HasSubstr(first));
  EXPECT_EQ(server.client().Get(second)->state(), E::PENDING);

  EXPECT_TRUE(server.client().Cancel(first).ok());
  const auto runs = events.Next();
  ASSERT_TRUE(runs.has_value());
  EXPECT_EQ(runs->state_change().from(), E::PENDING);
  EXPECT_EQ(runs->state_change().to(), E::RUNNING);
  EXPECT_EQ(server.client().AwaitEnd(second).state(), E::SUCCEEDED);
}

TEST(LeaseTest, ThoseWhoWaitRunInTheOrderOfTheirRequests) {
  const LabServer server;
  const std::string first = StartRunning(server.client(), OnOneCpu(kEndless));
  std::vector<std::string> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.push_back(server.client().CreateReady(OnOneCpu(100)).name());
  }
  // Not in the order of their creation.
  for (const size_t each : {2, 0, 1}) EXPECT_TRUE(server.client().Run(waiting[each]).ok());
  EXPECT_TRUE(server.client().Cancel(first).ok());
  const auto end_of = [&](size_t each) {
    const auto end = server.client().AwaitEnd(waiting[each]).end_time();
    return std::pair(end.seconds(), end.nanos());
  };
  EXPECT_LT(end_of(2), end_of(0));
  EXPECT_LT(end_of(0), end_of(1));
}

TEST(LeaseTest, TwoThatShareRunAtOnceAndAreWarned) {
  const LabServer server;
  const std::string first = StartRunning(server.client(), OnOneCpu(kEndless, true));
  const E second = server.client().CreateAndFinish(OnOneCpu(100, true));
  EXPECT_EQ(second.state(), E::SUCCEEDED);
  EXPECT_EQ(server.client().Get(first)->state(), E::RUNNING);
  EXPECT_THAT(second.result().warnings(), testing::Contains(v1::Result::SHARED_CPUS));
}

TEST(LeaseTest, OneThatDoesNotShareWaitsForThoseThatDo) {
  const LabServer server;
  const std::string first = StartRunning(server.client(), OnOneCpu(kEndless, true));
  const std::string second = server.client().CreateReady(OnOneCpu(100)).name();
  EXPECT_EQ(server.client().Run(second)->state(), E::PENDING);
  EXPECT_TRUE(server.client().Cancel(first).ok());
  EXPECT_EQ(server.client().AwaitEnd(second).state(), E::SUCCEEDED);
}

TEST(LeaseTest, AParkedOneHoldsNoCpus) {
  const LabServer server;
  const E parked = server.client().CreateReady(OnOneCpu(100));
  ASSERT_TRUE(server.client().Step(parked.name(), 10).ok());
  EXPECT_EQ(server.client().Get(parked.name())->state(), E::PAUSED);
  EXPECT_EQ(server.client().CreateAndFinish(OnOneCpu(100)).state(), E::SUCCEEDED);
}

TEST(LeaseTest, AStepWaitsForItsCpusToo) {
  const LabServer server;
  const std::string first = StartRunning(server.client(), OnOneCpu(300'000));
  const E second = server.client().CreateReady(OnOneCpu(100));
  const auto step = server.client().Step(second.name(), 5);
  ASSERT_TRUE(step.ok()) << step.status.error_message();
  EXPECT_EQ(step->steps(), 5);
  EXPECT_EQ(server.client().AwaitEnd(first).state(), E::SUCCEEDED);
}

TEST(LeaseTest, OneThatDiesGivesItsCpusToTheNext) {
  const LabServer server({.scripted = true});
  const std::string first = StartRunning(server.client(), OnOneCpu(kEndless));
  const std::string second = server.client().CreateReady(OnOneCpu(100)).name();
  EXPECT_EQ(server.client().Run(second)->state(), E::PENDING);
  ::kill(server.client().Get(first)->workers(0).pid(), SIGKILL);
  EXPECT_EQ(server.client().AwaitEnd(second).state(), E::SUCCEEDED);
}

}  // namespace
}  // namespace ipclab
