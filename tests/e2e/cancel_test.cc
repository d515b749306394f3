// Cancelling an experiment in every state before its end.

#include <ostream>

#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/process_ends.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using google::protobuf::util::MessageDifferencer;

std::vector<pid_t> WorkersOf(const E& experiment) {
  std::vector<pid_t> pids;
  for (const v1::Worker& worker : experiment.workers()) pids.push_back(worker.pid());
  return pids;
}

// An experiment in this state, which stays there.
E BringTo(const LabClient& client, E::State state) {
  if (state == E::STARTING) return client.Create(Measure("hang_in_join")).value;
  E experiment = client.CreateReady(Measure("pipe", kEndless));
  if (state == E::READY) return experiment;
  if (state == E::PAUSED) {
    EXPECT_TRUE(client.Step(experiment.name(), 3).ok());
    return client.Get(experiment.name()).value;
  }
  if (state == E::PENDING) {
    const E blocker = client.CreateReady(Measure("pipe", kEndless));
    EXPECT_TRUE(client.Run(blocker.name()).ok());
  }
  EXPECT_TRUE(client.Run(experiment.name()).ok());
  return client.Get(experiment.name()).value;
}

class CancelTest : public testing::TestWithParam<E::State> {};

TEST_P(CancelTest, EndsItAndLeavesNoProcess) {
  const LabServer server({.scripted = true});
  const E before = BringTo(server.client(), GetParam());
  ASSERT_EQ(before.state(), GetParam());
  const auto cancelled = server.client().Cancel(before.name());
  ASSERT_TRUE(cancelled.ok()) << cancelled.status.error_message();
  EXPECT_EQ(cancelled->state(), E::CANCELLED);
  EXPECT_EQ(cancelled->end().class_(), v1::End::KILLED_BY_LAB);
  EXPECT_EQ(cancelled->end().reason(), "CANCELLED");
  // The answer came after the end of the last of them: none is waited for here.
  EXPECT_TRUE(ProcessGroup(WorkersOf(cancelled.value)).AwaitEnd(absl::ZeroDuration()).has_value());
  for (const v1::Worker& worker : cancelled->workers()) {
    // One may see that the other was killed before its own turn comes.
    EXPECT_TRUE(worker.end().class_() == v1::End::KILLED_BY_LAB ||
                worker.end().reason() == "PEER_CLOSED")
        << worker.ShortDebugString();
  }
}

TEST_P(CancelTest, ASecondCancelIsHarmless) {
  const LabServer server({.scripted = true});
  const std::string name = BringTo(server.client(), GetParam()).name();
  const auto first = server.client().Cancel(name);
  const auto second = server.client().Cancel(name);
  ASSERT_TRUE(second.ok()) << second.status.error_message();
  EXPECT_TRUE(MessageDifferencer::Equals(second.value, first.value));
}

INSTANTIATE_TEST_SUITE_P(Every, CancelTest,
                         testing::Values(E::STARTING, E::READY, E::PENDING, E::RUNNING, E::PAUSED),
                         [](const auto& state) { return E::State_Name(state.param); });

TEST(CancelEndedTest, OneThatSucceededStaysSo) {
  const LabServer server;
  const E done = server.client().CreateAndFinish(Measure("null"));
  EXPECT_TRUE(Refused(server.client().Cancel(done.name()).status, grpc::FAILED_PRECONDITION,
                      "EXPERIMENT_STATE"));
  EXPECT_EQ(server.client().Get(done.name())->state(), E::SUCCEEDED);
}

TEST(CancelEndedTest, NothingCanBeDoneWithACancelledOne) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure()).name();
  ASSERT_TRUE(server.client().Cancel(name).ok());
  EXPECT_TRUE(
      Refused(server.client().Run(name).status, grpc::FAILED_PRECONDITION, "EXPERIMENT_STATE"));
  EXPECT_TRUE(
      Refused(server.client().Step(name, 1).status, grpc::FAILED_PRECONDITION, "EXPERIMENT_STATE"));
}

TEST(CancelEndedTest, WhatWasMeasuredUntilThenIsKept) {
  const LabServer server;
  auto request = Measure("pipe", kEndless);
  request.mutable_spec()->mutable_measure()->set_warm_up_messages(0);
  const std::string name = server.client().CreateReady(request).name();
  ASSERT_TRUE(server.client().Run(name).ok());
  MetricsStream metrics = server.client().WatchMetrics(name, absl::Milliseconds(10));
  while (const auto now = metrics.Next()) {
    if (now->total().messages() > 0) break;
  }
  const auto cancelled = server.client().Cancel(name);
  EXPECT_GT(cancelled->step(), 0);
  EXPECT_EQ(cancelled->result().metrics().total().messages(), cancelled->step());
}

}  // namespace
}  // namespace ipclab
