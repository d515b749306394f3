// Pausing, resuming, and running or stepping until a point.

#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using v1::StepExperimentResponse;

constexpr int64_t kMany = 2'000'000;

v1::RunExperimentRequest RunUntil(const std::string& name, int64_t step) {
  v1::RunExperimentRequest request;
  request.set_name(name);
  request.mutable_until()->set_step(step);
  return request;
}

v1::StepExperimentRequest StepUntil(const std::string& name, int64_t step) {
  v1::StepExperimentRequest request;
  request.set_name(name);
  request.mutable_until()->set_step(step);
  return request;
}

// Counted messages have arrived.
void AwaitProgress(const LabClient& client, const std::string& name) {
  MetricsStream metrics = client.WatchMetrics(name, absl::Milliseconds(10));
  while (const auto each = metrics.Next()) {
    if (each->total().messages() > 0) return;
  }
  ADD_FAILURE() << name << " makes no progress";
}

class PausePatternTest : public testing::TestWithParam<v1::Pattern::Kind> {};

TEST_P(PausePatternTest, WhatRunsIsParkedAndResumedToItsEnd) {
  const LabServer server;
  const LabClient& client = server.client();
  // A second or so of either.
  const int64_t many = GetParam() == v1::Pattern::STREAM ? kMany : kMany / 100;
  const std::string name = client.CreateReady(Measure("pipe", many, GetParam())).name();
  ASSERT_TRUE(client.Run(name).ok());
  AwaitProgress(client, name);
  const auto paused = client.Pause(name);
  ASSERT_TRUE(paused.ok()) << paused.status.error_message();
  ASSERT_EQ(paused->state(), E::PAUSED);
  EXPECT_GT(paused->step(), 0);
  EXPECT_LT(paused->step(), many);
  EXPECT_EQ(client.Get(name)->step(), paused->step()) << "it goes on";
  EXPECT_EQ(client.GetMetrics(name)->total().messages(), paused->step());

  ASSERT_TRUE(client.Run(name).ok());
  const E done = client.AwaitEnd(name);
  EXPECT_EQ(done.state(), E::SUCCEEDED) << done.end().ShortDebugString();
  EXPECT_EQ(done.step(), many);
  EXPECT_EQ(done.result().metrics().total().messages(), many);
  EXPECT_EQ(done.result().metrics().total().lost(), 0);
  EXPECT_GT(done.result().control_before_nanos(), 0);
}

INSTANTIATE_TEST_SUITE_P(Both, PausePatternTest,
                         testing::Values(v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM),
                         [](const auto& test) { return v1::Pattern::Kind_Name(test.param); });

TEST(PauseTest, ATimedRunTakesItsTimeInAll) {
  const LabServer server;
  const LabClient& client = server.client();
  v1::CreateExperimentRequest request = Measure();
  request.mutable_spec()->mutable_measure()->mutable_duration()->set_nanos(400'000'000);
  const std::string name = client.CreateReady(request).name();
  ASSERT_TRUE(client.Run(name).ok());
  AwaitProgress(client, name);
  ASSERT_EQ(client.Pause(name)->state(), E::PAUSED);
  ASSERT_TRUE(client.Run(name).ok());
  const E done = client.AwaitEnd(name);
  EXPECT_EQ(done.state(), E::SUCCEEDED) << done.end().ShortDebugString();
  const auto& elapsed = done.result().metrics().elapsed();
  EXPECT_EQ(elapsed.seconds(), 0) << "the time before the pause counts";
  EXPECT_GE(elapsed.nanos(), 399'000'000);
  EXPECT_LT(elapsed.nanos(), 600'000'000);
}

TEST(PauseTest, IsHarmlessWhereNothingRuns) {
  const LabServer server;
  const LabClient& client = server.client();
  const std::string name = client.CreateReady(Measure("pipe", 10)).name();
  EXPECT_EQ(client.Pause(name)->state(), E::READY);
  ASSERT_TRUE(client.Step(name, 1).ok());
  EXPECT_EQ(client.Pause(name)->state(), E::PAUSED);
  EXPECT_EQ(client.Pause(name)->state(), E::PAUSED);
  ASSERT_TRUE(client.Run(name).ok());
  EXPECT_EQ(client.AwaitEnd(name).state(), E::SUCCEEDED);
  EXPECT_TRUE(Refused(client.Pause(name).status, grpc::StatusCode::FAILED_PRECONDITION,
                      "EXPERIMENT_STATE"));
}

TEST(PauseTest, BeforeItIsReadyKeepsItFromRunning) {
  const LabServer server;
  const LabClient& client = server.client();
  v1::CreateExperimentRequest request = Measure("pipe", kEndless);
  request.mutable_spec()->set_start(v1::ExperimentSpec::RUN);
  const std::string name = client.MustCreate(request);
  const auto paused = client.Pause(name);
  ASSERT_TRUE(paused.ok()) << paused.status.error_message();
  // It was READY or RUNNING already if the workers were quicker than this client.
  if (paused->state() == E::STARTING) {
    EXPECT_EQ(client.AwaitState(name, E::READY).step(), 0);
  } else {
    EXPECT_EQ(paused->state(), E::PAUSED);
  }
}

TEST(PauseTest, AStepThatWaitsForCpusIsAnsweredAndLeavesTheLine) {
  const LabServer server;
  const LabClient& client = server.client();
  const std::string first = client.CreateReady(Measure("pipe", kEndless)).name();
  const std::string second = client.CreateReady(Measure("pipe", 100)).name();
  ASSERT_TRUE(client.Run(first).ok());
  Answer<StepExperimentResponse> step;
  std::thread stepping([&] { step = client.Step(second, 10); });
  client.AwaitState(second, E::PENDING);
  EXPECT_EQ(client.Pause(second)->state(), E::PAUSED);
  stepping.join();
  ASSERT_TRUE(step.ok()) << step.status.error_message();
  EXPECT_EQ(step->stopped(), StepExperimentResponse::PAUSED);
  EXPECT_EQ(step->steps(), 0);
  ASSERT_TRUE(client.Cancel(first).ok());
  ASSERT_TRUE(client.Run(second).ok());
  EXPECT_EQ(client.AwaitEnd(second).state(), E::SUCCEEDED);
}

TEST(PauseTest, ALongStepIsCutShort) {
  const LabServer server;
  const LabClient& client = server.client();
  const std::string name = client.CreateReady(Measure("pipe", kEndless)).name();
  Answer<StepExperimentResponse> step;
  std::thread stepping([&] { step = client.Step(name, kMany * 100); });
  AwaitProgress(client, name);
  EXPECT_EQ(client.Pause(name)->state(), E::PAUSED);
  stepping.join();
  ASSERT_TRUE(step.ok()) << step.status.error_message();
  EXPECT_EQ(step->stopped(), StepExperimentResponse::PAUSED);
  EXPECT_GT(step->steps(), 0);
  EXPECT_EQ(step->step(), step->steps());
}

TEST(UntilTest, ARunPausesThereAndGoesOn) {
  const LabServer server;
  const LabClient& client = server.client();
  const std::string name = client.CreateReady(Measure("pipe", 1000)).name();
  ASSERT_TRUE(client.Run(RunUntil(name, 300)).ok());
  EXPECT_EQ(client.AwaitState(name, E::PAUSED).step(), 300);
  ASSERT_EQ(client.Run(RunUntil(name, 300))->state(), E::PAUSED) << "it is there";
  ASSERT_TRUE(client.Run(name).ok());
  const E done = client.AwaitEnd(name);
  EXPECT_EQ(done.step(), 1000);
  EXPECT_EQ(done.result().metrics().total().messages(), 1000);
}

TEST(UntilTest, WhatRunsAlreadyIsNotToldOtherwise) {
  const LabServer server;
  const LabClient& client = server.client();
  const std::string name = client.CreateReady(Measure("pipe", kEndless)).name();
  ASSERT_TRUE(client.Run(name).ok());
  EXPECT_TRUE(client.Run(name).ok()) << "it does";
  EXPECT_TRUE(Refused(client.Run(RunUntil(name, 1'000'000'000)).status,
                      grpc::StatusCode::FAILED_PRECONDITION, "EXPERIMENT_STATE"));
}

TEST(UntilTest, AStepStopsThereUnlessItsCountIsLess) {
  const LabServer server;
  const LabClient& client = server.client();
  const std::string name = client.CreateReady(Measure("pipe", 100)).name();
  auto step = client.Step(StepUntil(name, 30));
  ASSERT_TRUE(step.ok()) << step.status.error_message();
  EXPECT_EQ(step->stopped(), StepExperimentResponse::UNTIL);
  EXPECT_EQ(step->steps(), 30);
  step = client.Step(StepUntil(name, 30));
  EXPECT_EQ(step->stopped(), StepExperimentResponse::UNTIL);
  EXPECT_EQ(step->steps(), 0);
  v1::StepExperimentRequest less = StepUntil(name, 60);
  less.set_count(10);
  step = client.Step(less);
  EXPECT_EQ(step->stopped(), StepExperimentResponse::COUNT);
  EXPECT_EQ(step->step(), 40);
  step = client.Step(StepUntil(name, 500));
  EXPECT_EQ(step->stopped(), StepExperimentResponse::DONE);
  EXPECT_EQ(step->step(), 100);
}

TEST(UntilTest, APointThatIsNoneIsRefused) {
  const LabServer server;
  const LabClient& client = server.client();
  const std::string name = client.CreateReady(Measure()).name();
  for (const int64_t point : {int64_t{-1}, int64_t{0}, int64_t{1} << 62}) {
    EXPECT_THAT(ViolatedFields(client.Run(RunUntil(name, point)).status),
                testing::ElementsAre("until.step"));
    EXPECT_THAT(ViolatedFields(client.Step(StepUntil(name, point)).status),
                testing::ElementsAre("until.step"));
  }
  EXPECT_EQ(client.Get(name)->state(), E::READY);
}

}  // namespace
}  // namespace ipclab
