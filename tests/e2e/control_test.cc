// Who may drive an experiment, what happens when that client is gone, and steps that come twice.

#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using testing::ElementsAre;

const std::string kMine = "11111111-1111-4111-8111-111111111111";
const std::string kOthers = "22222222-2222-4222-8222-222222222222";

v1::Control By(const std::string& controller, int64_t ttl_seconds = 0,
               v1::Control::OnLoss on_loss = v1::Control::ON_LOSS_UNSPECIFIED) {
  v1::Control control;
  control.set_controller(controller);
  if (ttl_seconds > 0) control.mutable_lease_ttl()->set_seconds(ttl_seconds);
  control.set_on_loss(on_loss);
  return control;
}

v1::CreateExperimentRequest MeasureFor(absl::Duration time) {
  v1::CreateExperimentRequest request = Measure();
  v1::MeasureSpec& measure = *request.mutable_spec()->mutable_measure();
  measure.mutable_duration()->set_seconds(absl::ToInt64Seconds(time));
  measure.mutable_duration()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time % absl::Seconds(1))));
  return request;
}

template <class Request>
Request Asked(const std::string& name, const std::string& controller) {
  Request request;
  request.set_name(name);
  if (!controller.empty()) *request.mutable_control() = By(controller);
  return request;
}

using RunRequest = v1::RunExperimentRequest;
using StepRequest = v1::StepExperimentRequest;
using PauseRequest = v1::PauseExperimentRequest;

TEST(ControlTest, OthersAreRefusedWithTheHoldersName) {
  const LabServer server;
  const LabClient& client = server.client();
  const std::string name = client.CreateReady(Measure("pipe", 100)).name();
  ASSERT_TRUE(client.Step(Asked<StepRequest>(name, kMine)).ok());
  const E held = client.Get(name).value;
  EXPECT_EQ(held.control_lease().controller(), kMine);
  EXPECT_TRUE(held.control_lease().has_expire_time());
  EXPECT_EQ(held.control_lease().on_loss(), v1::Control::PAUSE);
  for (const std::string& other : {kOthers, std::string()}) {
    for (const grpc::Status& status : {client.Step(Asked<StepRequest>(name, other)).status,
                                       client.Run(Asked<RunRequest>(name, other)).status,
                                       client.Pause(Asked<PauseRequest>(name, other)).status}) {
      EXPECT_TRUE(Refused(status, grpc::StatusCode::ABORTED, "CONTROLLED_BY_ANOTHER"));
      EXPECT_EQ(ErrorInfoOf(status).metadata().at("controller"), kMine);
    }
  }
  EXPECT_TRUE(client.Step(Asked<StepRequest>(name, kMine)).ok());
  EXPECT_EQ(client.Get(name)->step(), 2);
  EXPECT_TRUE(client.Cancel(name).ok()) << "anybody may end it";
}

TEST(ControlTest, NobodyIsRefusedWhereNobodyWantsToBeAlone) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", 100)).name();
  EXPECT_TRUE(server.client().Step(name, 1).ok());
  EXPECT_FALSE(server.client().Get(name)->has_control_lease());
}

TEST(ControlTest, WatchersSeeItChange) {
  const LabServer server;
  const LabClient& client = server.client();
  const std::string name = client.CreateReady(Measure("pipe", 100)).name();
  EventStream events = client.Watch(name);
  ASSERT_TRUE(events.Next()->has_snapshot());
  ASSERT_TRUE(client.Step(Asked<StepRequest>(name, kMine)).ok());
  const auto event = events.Next();
  ASSERT_TRUE(event.has_value() && event->has_control_change()) << event->ShortDebugString();
  EXPECT_EQ(event->control_change().controller(), kMine);
}

// Runs without an end under a lease of a second, and is not heard of again.
std::string RunAndVanish(const LabClient& client, v1::Control::OnLoss on_loss) {
  const std::string name = client.CreateReady(Measure("pipe", kEndless)).name();
  RunRequest request;
  request.set_name(name);
  *request.mutable_control() = By(kMine, 1, on_loss);
  EXPECT_TRUE(client.Run(request).ok());
  return name;
}

TEST(ControllerLossTest, Pauses) {
  const LabServer server;
  const std::string name = RunAndVanish(server.client(), v1::Control::PAUSE);
  const E paused = server.client().AwaitState(name, E::PAUSED);
  EXPECT_FALSE(server.client().Get(name)->has_control_lease());
  EXPECT_TRUE(server.client().Run(Asked<RunRequest>(name, kOthers)).ok()) << "it is free";
}

TEST(ControllerLossTest, Cancels) {
  const LabServer server;
  const E end = server.client().AwaitEnd(RunAndVanish(server.client(), v1::Control::CANCEL));
  EXPECT_EQ(end.state(), E::CANCELLED);
  EXPECT_EQ(end.end().reason(), "CONTROLLER_LOST");
  EXPECT_FALSE(end.has_control_lease());
}

TEST(ControllerLossTest, Continues) {
  const LabServer server;
  const LabClient& client = server.client();
  const std::string name = RunAndVanish(client, v1::Control::CONTINUE);
  EventStream events = client.Watch(name);
  while (const auto event = events.Next()) {
    if (!event->has_control_change() || !event->control_change().controller().empty()) continue;
    EXPECT_EQ(client.Get(name)->state(), E::RUNNING);
    return;
  }
  ADD_FAILURE() << "the lease did not end";
}

TEST(ControlTest, WhatIsRefusedTakesNothing) {
  const LabServer server;
  const LabClient& client = server.client();
  const std::string name = client.CreateReady(Measure("pipe", kEndless)).name();
  StepRequest stale = Asked<StepRequest>(name, kMine);
  stale.set_expected_step(9);
  EXPECT_TRUE(Refused(client.Step(stale).status, grpc::StatusCode::ABORTED, "STEP_MISMATCH"));
  EXPECT_FALSE(client.Get(name)->has_control_lease());
  ASSERT_TRUE(client.Run(name).ok());
  EXPECT_TRUE(Refused(client.Step(Asked<StepRequest>(name, kMine)).status,
                      grpc::StatusCode::FAILED_PRECONDITION, "EXPERIMENT_STATE"));
  EXPECT_FALSE(client.Get(name)->has_control_lease());
}

TEST(ControlTest, OfWhatHasEndedNobodyTakesIt) {
  LabServer server;
  const std::string name = server.client().CreateAndFinish(Measure()).name();
  RunRequest run;
  run.set_name(name);
  *run.mutable_control() = By(kMine, 1, v1::Control::CANCEL);
  PauseRequest pause;
  pause.set_name(name);
  *pause.mutable_control() = run.control();
  StepRequest step;
  step.set_name(name);
  *step.mutable_control() = run.control();
  for (const bool restarted : {false, true}) {
    if (restarted) {
      server.Kill();
      server.Restart();
    }
    const LabClient& client = server.client();
    for (const grpc::Status& status :
         {client.Run(run).status, client.Pause(pause).status, client.Step(step).status}) {
      EXPECT_TRUE(Refused(status, grpc::StatusCode::FAILED_PRECONDITION, "EXPERIMENT_STATE"));
    }
    EXPECT_FALSE(client.Get(name)->has_control_lease());
    // Longer than the lease would have been.
    EXPECT_EQ(client.CreateAndFinish(MeasureFor(absl::Milliseconds(1200))).state(), E::SUCCEEDED);
    EXPECT_EQ(client.Get(name)->state(), E::SUCCEEDED);
  }
}

TEST(ControlTest, IsKeptWhileACallWaits) {
  const LabServer server;
  const LabClient& client = server.client();
  const std::string name = client.CreateReady(Measure("pipe", kEndless)).name();
  StepRequest step;
  step.set_name(name);
  *step.mutable_control() = By(kMine, 1);
  step.set_count(1'000'000'000'000);
  Answer<v1::StepExperimentResponse> answer;
  std::thread stepping([&] { answer = client.Step(step); });
  // Some seconds, which a lease of one would not outlast.
  MetricsStream metrics = client.WatchMetrics(name, absl::Milliseconds(500));
  for (int reports = 0; reports < 6; ++reports) EXPECT_TRUE(metrics.Next());
  EXPECT_TRUE(client.Get(name)->has_control_lease());
  PauseRequest pause;
  pause.set_name(name);
  *pause.mutable_control() = By(kMine, 1);
  EXPECT_TRUE(client.Pause(pause).ok());
  stepping.join();
  ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  EXPECT_EQ(answer->stopped(), v1::StepExperimentResponse::PAUSED);
  EXPECT_TRUE(client.Get(name)->has_control_lease());
}

TEST(ControlTest, WhatMakesNoSenseIsNamedAllAtOnce) {
  const LabServer server;
  const LabClient& client = server.client();
  const std::string name = client.CreateReady(Measure()).name();
  StepRequest request;
  request.set_name(name);
  request.mutable_control()->set_controller("me");
  request.mutable_control()->mutable_lease_ttl()->set_nanos(1);
  request.mutable_control()->set_on_loss(static_cast<v1::Control::OnLoss>(9));
  EXPECT_THAT(ViolatedFields(client.Step(request).status),
              ElementsAre("control.controller", "control.lease_ttl", "control.on_loss"));
  request.Clear();
  request.set_name(name);
  request.set_count(-1);
  request.set_expected_step(-1);
  request.set_request_id("again");
  EXPECT_THAT(ViolatedFields(client.Step(request).status),
              ElementsAre("count", "expected_step", "request_id"));
  EXPECT_EQ(client.Get(name)->step(), 0);
}

TEST(ExpectedStepTest, AStaleOneIsToldTheTruth) {
  const LabServer server;
  const LabClient& client = server.client();
  const std::string name = client.CreateReady(Measure("pipe", 100)).name();
  StepRequest request;
  request.set_name(name);
  request.set_count(3);
  request.set_expected_step(0);
  ASSERT_TRUE(client.Step(request).ok());
  const grpc::Status stale = client.Step(request).status;
  EXPECT_TRUE(Refused(stale, grpc::StatusCode::ABORTED, "STEP_MISMATCH"));
  EXPECT_EQ(ErrorInfoOf(stale).metadata().at("step"), "3");
  request.set_expected_step(3);
  EXPECT_EQ(client.Step(request)->step(), 6);
}

TEST(StepRequestIdTest, TheSameStepIsMadeOnceEvenAcrossARestart) {
  LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", 100)).name();
  StepRequest request;
  request.set_name(name);
  request.set_count(5);
  request.set_request_id(kMine);
  const auto first = server.client().Step(request);
  ASSERT_TRUE(first.ok()) << first.status.error_message();
  EXPECT_EQ(server.client().Step(request)->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(server.client().Get(name)->step(), 5);
  StepRequest other = request;
  other.set_count(6);
  EXPECT_THAT(ViolatedFields(server.client().Step(other).status), ElementsAre("request_id"));

  server.Kill();
  server.Restart();
  const auto again = server.client().Step(request);
  ASSERT_TRUE(again.ok()) << again.status.error_message();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
}

}  // namespace
}  // namespace ipclab
