// What was committed is there after the server was killed; what was running is over, and cleaned.

#include <signal.h>

#include <filesystem>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/process_ends.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using v1::End;

constexpr char kUuid[] = "123e4567-e89b-12d3-a456-426614174000";

testing::AssertionResult Equal(const google::protobuf::Message& a,
                               const google::protobuf::Message& b) {
  google::protobuf::util::MessageDifferencer differencer;
  std::string differences;
  differencer.ReportDifferencesToString(&differences);
  if (differencer.Compare(a, b)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << differences;
}

void KillBoth(LabServer& server) {
  ProcessGroup processes(server.Processes());
  ::kill(server.ZygotePid(), SIGKILL);
  server.Kill();
  ASSERT_TRUE(processes.AwaitEnd(kPatience).has_value());
}

TEST(DurabilityTest, AFinishedExperimentSurvivesKillMinus9Unchanged) {
  LabServer server;
  auto request = Measure("pipe", 2000);
  (*request.mutable_spec()->mutable_labels())["team"] = "a";
  const std::string name = server.client().CreateReady(request).name();
  ASSERT_TRUE(server.client().Step(name, 10).ok());
  ASSERT_TRUE(server.client().Run(name).ok());
  const E before = server.client().AwaitEnd(name);
  const auto metrics = server.client().GetMetrics(name);
  server.Kill();
  server.Restart();
  const auto after = server.client().Get(name);
  ASSERT_TRUE(after.ok()) << after.status.error_message();
  EXPECT_TRUE(Equal(before, after.value));
  EXPECT_GT(after->result().metrics().latencies(0).histogram().counts_size(), 0);
  EXPECT_TRUE(Equal(metrics.value, server.client().GetMetrics(name).value));
  EXPECT_TRUE(Equal(before, server.client().AwaitEnd(name)));  // and can be watched
}

TEST(DurabilityTest, FailedAndCancelledOnesKeepTheirCause) {
  LabServer server({.scripted = true});
  const E failed = server.client().CreateAndFinish(Measure("segv_in_send"));
  const std::string ready = server.client().CreateReady(Measure()).name();
  const E cancelled = server.client().Cancel(ready).value;
  server.Kill();
  server.Restart();
  EXPECT_TRUE(Equal(failed, server.client().Get(failed.name()).value));
  EXPECT_TRUE(Equal(cancelled, server.client().Get(cancelled.name()).value));
}

TEST(DurabilityTest, WhatLivedIsAbortedByTheRestart) {
  LabServer server;
  const std::string ready = server.client().CreateReady(Measure()).name();
  const std::string paused = server.client().CreateReady(Measure()).name();
  ASSERT_TRUE(server.client().Step(paused, 3).ok());
  const std::string running = server.client().CreateReady(Measure("pipe", kEndless)).name();
  ASSERT_TRUE(server.client().Run(running).ok());
  server.client().AwaitState(running, E::RUNNING);
  server.Kill();
  server.Restart();
  for (const std::string& name : {ready, paused, running}) {
    const E aborted = server.client().Get(name).value;
    EXPECT_EQ(aborted.state(), E::ABORTED) << name;
    EXPECT_EQ(aborted.end().class_(), End::SERVER);
    EXPECT_EQ(aborted.end().reason(), "SERVER_RESTART");
    EXPECT_TRUE(aborted.has_end_time());
    EXPECT_TRUE(
        Refused(server.client().Run(name).status, grpc::FAILED_PRECONDITION, "EXPERIMENT_STATE"));
    EXPECT_TRUE(Equal(aborted, server.client().AwaitEnd(name)));
  }
  EXPECT_EQ(server.client().Info()->workers(), 0);
  EXPECT_EQ(server.client().CreateAndFinish(Measure()).state(), E::SUCCEEDED);
}

TEST(DurabilityTest, AbortedByOneRestartItIsUnchangedByTheNext) {
  LabServer server;
  const std::string name = server.client().CreateReady(Measure()).name();
  server.Kill();
  server.Restart();
  const E first = server.client().Get(name).value;
  EXPECT_EQ(server.Terminate(), 0);
  server.Restart();
  EXPECT_TRUE(Equal(first, server.client().Get(name).value));
}

TEST(DurabilityTest, AnOrderlyStopSaysSoInWhatItAborts) {
  LabServer server;
  const std::string name = server.client().CreateReady(Measure()).name();
  EXPECT_EQ(server.Terminate(), 0);
  server.Restart();
  const E aborted = server.client().Get(name).value;
  EXPECT_EQ(aborted.state(), E::ABORTED);
  EXPECT_EQ(aborted.end().reason(), "SERVER_STOPPING");
}

TEST(DurabilityTest, ADeletedExperimentStaysDeleted) {
  LabServer server;
  const E done = server.client().CreateAndFinish(Measure("null"));
  ASSERT_TRUE(server.client().Delete(done.name()).ok());
  server.Kill();
  server.Restart();
  EXPECT_TRUE(Refused(server.client().Get(done.name()).status, grpc::NOT_FOUND, "NOT_FOUND"));
}

TEST(DurabilityTest, ARepeatedRequestIsAnsweredAlikeAfterARestart) {
  LabServer server;
  auto request = Measure();
  request.set_request_id(kUuid);
  const auto first = server.client().Create(request);
  ASSERT_TRUE(first.ok());
  server.Kill();
  server.Restart();
  const auto second = server.client().Create(request);
  ASSERT_TRUE(second.ok()) << second.status.error_message();
  EXPECT_TRUE(Equal(first.value, second.value));
  EXPECT_EQ(server.client().Info()->experiments(), 1);
  EXPECT_EQ(server.client().Info()->workers(), 0);

  request.mutable_spec()->mutable_measure()->set_messages(7);
  const auto other = server.client().Create(request);
  EXPECT_TRUE(Refused(other.status, grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
  EXPECT_THAT(ViolatedFields(other.status), testing::ElementsAre("request_id"));
}

TEST(DurabilityTest, TheInstanceAndTheTokenOutliveTheServer) {
  LabServer server;
  const std::string instance = server.client().Info()->instance();
  const std::string token = server.Token();
  server.Kill();
  server.Restart();
  EXPECT_EQ(server.client().Info()->instance(), instance);
  EXPECT_EQ(server.Token(), token);
}

TEST(DurabilityTest, KillsAtAnyMomentLeaveALegalState) {
  LabServer server;
  std::vector<std::string> names;
  for (int round = 0; round < 8; ++round) {
    for (int i = 0; i <= round; ++i) {
      auto request = Measure("pipe", 10 + 100 * i);
      request.mutable_spec()->set_start(v1::ExperimentSpec::RUN);
      names.push_back(server.client().MustCreate(request));
    }
    server.Kill();
    server.Restart();
    for (const std::string& name : names) {
      const auto experiment = server.client().Get(name);
      ASSERT_TRUE(experiment.ok()) << name << " was committed and is gone";
      EXPECT_TRUE(experiment->state() == E::SUCCEEDED || experiment->state() == E::ABORTED)
          << experiment->ShortDebugString();
      EXPECT_EQ(experiment->state() == E::SUCCEEDED, experiment->has_result());
    }
  }
}

class NamesTest : public testing::Test {
 protected:
  // The zygote works in order: after this it has removed what it was told to before.
  void AwaitSweep() { server_.client().CreateReady(Measure()); }

  // A shared memory object and a FIFO, its folder included, that a worker has made.
  void MakeObjects() {
    server_.client().CreateReady(Measure("leaves_shm"));
    ASSERT_EQ(server_.IpcObjects().size(), 3u);
  }

  LabServer server_ = LabServer({.scripted = true});
};

TEST_F(NamesTest, AreRemovedAtTheEndOfTheirExperiment) {
  EXPECT_EQ(server_.client().CreateAndFinish(Measure("leaves_shm")).state(), E::SUCCEEDED);
  EXPECT_THAT(server_.IpcObjects(), testing::IsEmpty());
}

TEST_F(NamesTest, AreRemovedBeforeCancelAnswers) {
  const std::string name = server_.client().CreateReady(Measure("leaves_shm")).name();
  ASSERT_EQ(server_.IpcObjects().size(), 3u);
  ASSERT_TRUE(server_.client().Cancel(name).ok());
  EXPECT_THAT(server_.IpcObjects(), testing::IsEmpty());
}

TEST_F(NamesTest, AreRemovedWhenAWorkerDies) {
  const E ready = server_.client().CreateReady(Measure("leaves_shm"));
  ::kill(ready.workers(0).pid(), SIGKILL);
  EXPECT_EQ(server_.client().AwaitEnd(ready.name()).state(), E::FAILED);
  EXPECT_THAT(server_.IpcObjects(), testing::IsEmpty());
}

TEST_F(NamesTest, AreRemovedByTheZygoteWhenTheServerDies) {
  MakeObjects();
  ProcessGroup processes(server_.Processes());
  server_.Kill();
  ASSERT_TRUE(processes.AwaitEnd(kPatience).has_value());
  EXPECT_THAT(server_.IpcObjects(), testing::IsEmpty());
}

TEST_F(NamesTest, AreRemovedByTheNextZygoteWhenTheZygoteDies) {
  const E ready = server_.client().CreateReady(Measure("leaves_shm"));
  ::kill(server_.ZygotePid(), SIGKILL);
  EXPECT_EQ(server_.client().AwaitEnd(ready.name()).end().class_(), End::LOST);
  EXPECT_THAT(server_.IpcObjects(), testing::IsEmpty());
}

TEST_F(NamesTest, AreSweptAtTheNextStartWhenBothDied) {
  MakeObjects();
  KillBoth(server_);
  ASSERT_EQ(server_.IpcObjects().size(), 3u);  // nobody was left to remove them
  server_.Restart();
  AwaitSweep();
  EXPECT_THAT(server_.IpcObjects(), testing::IsEmpty());
}

}  // namespace
}  // namespace ipclab
