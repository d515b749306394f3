// Many commands to one experiment over one stream.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using Request = v1::DriveExperimentRequest;
using Response = v1::DriveExperimentResponse;

const std::string kDriver = "11111111-1111-4111-8111-111111111111";

Request Step(int64_t count) {
  Request request;
  request.mutable_step()->set_count(count);
  return request;
}

Request First(const std::string& name, int64_t ttl_seconds = 0) {
  Request request;
  request.set_name(name);
  if (ttl_seconds > 0) {
    request.mutable_control()->set_controller(kDriver);
    request.mutable_control()->mutable_lease_ttl()->set_seconds(ttl_seconds);
  }
  return request;
}

class Driver {
 public:
  explicit Driver(const LabClient& client)
      : context_(client.NewContext()),
        stream_(client.experiments().DriveExperiment(context_.get())) {}

  Response Ask(const Request& request) {
    Response response;
    if (!stream_->Write(request) || !stream_->Read(&response)) response.Clear();
    return response;
  }
  grpc::Status Done() {
    stream_->WritesDone();
    return Finish();
  }
  grpc::Status Finish() { return stream_->Finish(); }
  void Vanish() {
    context_->TryCancel();
    stream_->Finish();
  }
  bool Write(const Request& request) { return stream_->Write(request); }
  bool Read(Response& response) { return stream_->Read(&response); }

 private:
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReaderWriter<Request, Response>> stream_;
};

TEST(DriveTest, StepsRunsAndPauses) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", 1000)).name();
  Driver driver(server.client());
  EXPECT_EQ(driver.Ask(First(name)).experiment().state(), E::READY);
  for (int64_t i = 1; i <= 20; ++i) EXPECT_EQ(driver.Ask(Step(2)).step().step(), 2 * i);
  Request run;
  run.mutable_run()->mutable_until()->set_step(100);
  EXPECT_EQ(driver.Ask(run).experiment().name(), name);
  server.client().AwaitState(name, E::PAUSED);
  Request pause;
  pause.mutable_pause();
  EXPECT_EQ(driver.Ask(pause).experiment().step(), 100);
  EXPECT_TRUE(driver.Done().ok());
  EXPECT_EQ(server.client().Get(name)->state(), E::PAUSED);
}

TEST(DriveTest, CommandsThatAreSentAheadAreTakenInTurn) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", 1000)).name();
  Driver driver(server.client());
  ASSERT_TRUE(driver.Write(First(name)));
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(driver.Write(Step(1)));
  Response response;
  ASSERT_TRUE(driver.Read(response) && response.has_experiment());
  for (int64_t i = 1; i <= 50; ++i) {
    ASSERT_TRUE(driver.Read(response));
    EXPECT_EQ(response.step().step(), i);
  }
  EXPECT_TRUE(driver.Done().ok());
}

TEST(DriveTest, ARefusalDoesNotEndIt) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", 1000)).name();
  Driver driver(server.client());
  driver.Ask(First(name));
  Request stale = Step(1);
  stale.mutable_step()->set_expected_step(7);
  const Response refused = driver.Ask(stale);
  EXPECT_EQ(refused.error().code(), grpc::StatusCode::ABORTED) << refused.ShortDebugString();
  EXPECT_FALSE(refused.error().details().empty());
  EXPECT_EQ(driver.Ask(Step(-1)).error().code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(driver.Ask(First("experiments/another")).error().code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(driver.Ask(First(name, 5)).error().code(), grpc::StatusCode::INVALID_ARGUMENT)
      << "control is claimed at the beginning";
  EXPECT_EQ(driver.Ask(Step(1)).step().step(), 1);
  EXPECT_TRUE(driver.Done().ok());
}

TEST(DriveTest, OfNothingIsRefused) {
  const LabServer server;
  Driver unnamed(server.client());
  unnamed.Ask(Step(1));
  EXPECT_TRUE(Refused(unnamed.Finish(), grpc::StatusCode::INVALID_ARGUMENT, "BAD_REQUEST"));
  Driver unknown(server.client());
  unknown.Ask(First("experiments/none"));
  EXPECT_TRUE(Refused(unknown.Finish(), grpc::StatusCode::NOT_FOUND, "NOT_FOUND"));
  Driver silent(server.client());
  EXPECT_TRUE(silent.Done().ok()) << "who wants nothing gets it";
}

TEST(DriveTest, KeepsTheLeaseAndGivesItUpAtItsEnd) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", 1000)).name();
  Driver driver(server.client());
  const Response first = driver.Ask(First(name, 1));
  EXPECT_EQ(first.experiment().control_lease().controller(), kDriver);
  EXPECT_FALSE(first.experiment().control_lease().has_expire_time());
  EXPECT_TRUE(Refused(server.client().Step(name, 1).status, grpc::StatusCode::ABORTED,
                      "CONTROLLED_BY_ANOTHER"));
  EXPECT_EQ(driver.Ask(Step(1)).step().step(), 1);
  EventStream events = server.client().Watch(name);
  EXPECT_TRUE(driver.Done().ok());
  while (const auto event = events.Next()) {
    if (event->has_control_change()) break;
  }
  EXPECT_TRUE(server.client().Step(name, 1).ok());
}

TEST(DriveTest, WhoVanishesLeavesNothingRunningBeyondTheLease) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", kEndless)).name();
  Driver driver(server.client());
  driver.Ask(First(name, 1));
  Request run;
  run.mutable_run();
  ASSERT_TRUE(driver.Ask(run).has_experiment());
  driver.Vanish();
  EXPECT_GT(server.client().AwaitState(name, E::PAUSED).step(), 0);
}

TEST(DriveTest, GoesOnAfterTheExperimentsEnd) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", 3)).name();
  Driver driver(server.client());
  driver.Ask(First(name));
  EXPECT_EQ(driver.Ask(Step(5)).step().stopped(), v1::StepExperimentResponse::DONE);
  server.client().AwaitEnd(name);
  EXPECT_EQ(driver.Ask(Step(1)).error().code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(driver.Ask(Request()).experiment().state(), E::SUCCEEDED);
  EXPECT_TRUE(driver.Done().ok());
}

TEST(DriveTest, IsOfOneExperimentAndNotOfAName) {
  const LabServer server;
  auto request = Measure("pipe", 1000);
  request.set_experiment_id("phoenix");
  const std::string name = server.client().CreateReady(request).name();
  Driver driver(server.client());
  driver.Ask(First(name, 5));
  ASSERT_TRUE(server.client().Cancel(name).ok());
  ASSERT_TRUE(server.client().Delete(name).ok());
  server.client().CreateReady(request);
  driver.Ask(Step(1));
  EXPECT_TRUE(Refused(driver.Finish(), grpc::StatusCode::NOT_FOUND, "NOT_FOUND"));
  EXPECT_EQ(server.client().Get(name)->step(), 0);
  EXPECT_FALSE(server.client().Get(name)->has_control_lease());
}

TEST(DriveTest, AStopOfTheServerEndsIt) {
  LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", 1000)).name();
  Driver driver(server.client());
  driver.Ask(First(name, 5));
  EXPECT_EQ(server.Terminate(), 0);
  EXPECT_EQ(driver.Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

// Whatever the moment at which the client goes: nothing is left.
TEST(DriveTest, MayBeCancelledAtEveryMessage) {
  const LabServer server;
  for (int messages = 0; messages < 12; ++messages) {
    const std::string name = server.client().CreateReady(Measure("pipe", kEndless)).name();
    Driver driver(server.client());
    for (int i = 0; i < messages; ++i) driver.Write(i == 0 ? First(name, 1) : Step(i));
    driver.Vanish();
    ASSERT_TRUE(server.client().Cancel(name).ok());
    ASSERT_TRUE(server.client().Delete(name).ok());
  }
  EXPECT_EQ(server.client().Info()->workers(), 0);
}

}  // namespace
}  // namespace ipclab
