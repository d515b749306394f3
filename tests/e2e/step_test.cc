// Stepping a measurement message by message.

#include <thread>

#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using v1::StepExperimentResponse;

TEST(StepTest, OneMessageAtATimeUntilTheEnd) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", 5)).name();
  for (int64_t i = 1; i <= 5; ++i) {
    const auto step = server.client().Step(name, 1);
    ASSERT_TRUE(step.ok()) << step.status.error_message();
    EXPECT_EQ(step->steps(), 1);
    EXPECT_EQ(step->step(), i);
    EXPECT_EQ(step->metrics().total().messages(), 1);
    EXPECT_TRUE(step->metrics().stepped());
    EXPECT_EQ(step->stopped(),
              i < 5 ? StepExperimentResponse::COUNT : StepExperimentResponse::DONE);
  }
  const E done = server.client().AwaitEnd(name);
  EXPECT_EQ(done.state(), E::SUCCEEDED) << done.ShortDebugString();
  EXPECT_EQ(done.step(), 5);
  EXPECT_FALSE(done.result().has_metrics());
  EXPECT_TRUE(done.result().stepped_metrics().stepped());
  EXPECT_EQ(done.result().stepped_metrics().total().messages(), 5);
}

class StepPatternTest : public testing::TestWithParam<std::tuple<std::string, v1::Pattern::Kind>> {
};

TEST_P(StepPatternTest, AdvancesByExactlyItsCount) {
  const auto [mechanism, pattern] = GetParam();
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure(mechanism, 1000, pattern)).name();
  int64_t sum = 0;
  for (const int64_t count : {1, 7, 100, 3}) {
    const auto step = server.client().Step(name, count);
    ASSERT_TRUE(step.ok()) << step.status.error_message();
    sum += count;
    EXPECT_EQ(step->steps(), count);
    EXPECT_EQ(step->step(), sum);
    EXPECT_EQ(step->metrics().total().messages(), count);
    EXPECT_EQ(step->metrics().total().bytes(), count * 64);
    EXPECT_EQ(server.client().Get(name)->state(), E::PAUSED);
  }
  EXPECT_EQ(server.client().GetMetrics(name)->total().messages(), sum);
}

INSTANTIATE_TEST_SUITE_P(Both, StepPatternTest,
                         testing::Combine(testing::Values("pipe", "null"),
                                          testing::Values(v1::Pattern::ROUND_TRIP,
                                                          v1::Pattern::STREAM)),
                         [](const auto& each) {
                           return std::get<0>(each.param) + "_" +
                                  v1::Pattern::Kind_Name(std::get<1>(each.param));
                         });

TEST(StepTest, NoCountMeansOne) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure()).name();
  EXPECT_EQ(server.client().Step(name, 0)->steps(), 1);
}

TEST(StepTest, MoreThanIsLeftGoesToTheEnd) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", 10)).name();
  ASSERT_TRUE(server.client().Step(name, 4).ok());
  const auto step = server.client().Step(name, 1000);
  EXPECT_EQ(step->steps(), 6);
  EXPECT_EQ(step->stopped(), StepExperimentResponse::DONE);
  EXPECT_EQ(server.client().AwaitEnd(name).state(), E::SUCCEEDED);
}

TEST(StepTest, FiguresOfStepsAndOfTheRunAreNeverMerged) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", 1000)).name();
  ASSERT_TRUE(server.client().Step(name, 10).ok());
  ASSERT_TRUE(server.client().Step(name, 20).ok());
  ASSERT_TRUE(server.client().Run(name).ok());
  const E done = server.client().AwaitEnd(name);
  ASSERT_EQ(done.state(), E::SUCCEEDED) << done.ShortDebugString();
  EXPECT_EQ(done.step(), 1000);
  EXPECT_TRUE(done.result().stepped_metrics().stepped());
  EXPECT_EQ(done.result().stepped_metrics().total().messages(), 30);
  EXPECT_EQ(done.result().stepped_metrics().latencies(0).count(), 30);
  EXPECT_FALSE(done.result().metrics().stepped());
  EXPECT_EQ(done.result().metrics().total().messages(), 970);
  EXPECT_EQ(done.result().metrics().latencies(0).count(), 970);
}

TEST(StepTest, AMeasurementByDurationIsSteppedByMessagesAndThenRuns) {
  const LabServer server;
  auto request = Measure("pipe", kEndless);
  request.mutable_spec()->mutable_measure()->mutable_duration()->set_seconds(0);
  request.mutable_spec()->mutable_measure()->mutable_duration()->set_nanos(20'000'000);
  const std::string name = server.client().CreateReady(request).name();
  const auto step = server.client().Step(name, 12);
  EXPECT_EQ(step->steps(), 12);
  EXPECT_EQ(step->stopped(), StepExperimentResponse::COUNT);
  ASSERT_TRUE(server.client().Run(name).ok());
  const E done = server.client().AwaitEnd(name);
  EXPECT_EQ(done.state(), E::SUCCEEDED) << done.ShortDebugString();
  EXPECT_EQ(done.result().stepped_metrics().total().messages(), 12);
  EXPECT_EQ(done.step(), 12 + done.result().metrics().total().messages());
}

TEST(StepTest, WhileItStepsItIsNotSteppedOrRun) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", kEndless)).name();
  // Far more messages than the test waits for.
  std::thread stepping([&] {
    const auto step = server.client().Step(name, 1'000'000'000);
    EXPECT_TRUE(Refused(step.status, grpc::ABORTED, "EXPERIMENT_ENDED"));
    EXPECT_EQ(ErrorInfoOf(step.status).metadata().at("reason"), "CANCELLED");
  });
  server.client().AwaitState(name, E::RUNNING);
  EXPECT_TRUE(
      Refused(server.client().Step(name, 1).status, grpc::FAILED_PRECONDITION, "EXPERIMENT_STATE"));
  EXPECT_TRUE(
      Refused(server.client().Run(name).status, grpc::FAILED_PRECONDITION, "EXPERIMENT_STATE"));
  EXPECT_TRUE(server.client().Cancel(name).ok());
  stepping.join();
}

TEST(StepTest, WhileItRunsItIsNotStepped) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", kEndless)).name();
  ASSERT_TRUE(server.client().Run(name).ok());
  EXPECT_TRUE(
      Refused(server.client().Step(name, 1).status, grpc::FAILED_PRECONDITION, "EXPERIMENT_STATE"));
  EXPECT_EQ(server.client().Get(name)->state(), E::RUNNING);
}

TEST(StepTest, OnStartingItWaitsUntilItIsConnected) {
  const LabServer server;
  const std::string name = server.client().MustCreate(Measure());
  const auto step = server.client().Step(name, 3);
  ASSERT_TRUE(step.ok()) << step.status.error_message();
  EXPECT_EQ(step->steps(), 3);
}

TEST(StepTest, ACountThatMakesNoSenseIsRefused) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure()).name();
  const int64_t limit = server.client().Info()->limits().max_messages();
  for (const int64_t count : {int64_t{-1}, limit + 1}) {
    const auto step = server.client().Step(name, count);
    EXPECT_TRUE(Refused(step.status, grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
    EXPECT_EQ(ViolatedFields(step.status), std::vector<std::string>{"count"});
  }
  EXPECT_EQ(server.client().Get(name)->state(), E::READY);
}

}  // namespace
}  // namespace ipclab
