// Creating, looking at and deleting experiments.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using E = v1::Experiment;

constexpr char kUuid[] = "123e4567-e89b-12d3-a456-426614174000";

TEST(CreateTest, AnswersStartingWithDefaultsFilledIn) {
  const LabServer server;
  const auto created = server.client().Create(Measure());
  ASSERT_TRUE(created.ok()) << created.status.error_message();
  EXPECT_EQ(created->state(), E::STARTING);
  EXPECT_THAT(created->name(), testing::StartsWith("experiments/"));
  EXPECT_EQ(created->uid().size(), sizeof kUuid - 1);
  EXPECT_EQ(created->spec().start(), v1::ExperimentSpec::PARKED);
  EXPECT_NE(created->spec().placement().policy(), v1::Placement::POLICY_UNSPECIFIED);
  EXPECT_EQ(created->spec().measure().warm_up_messages(), 1000);
  EXPECT_EQ(created->spec().measure().wait(), v1::MeasureSpec::BLOCK);
  EXPECT_EQ(created->spec().measure().options().at("capacity"), "65536");
}

TEST(CreateTest, BecomesReadyWithRealProcessesAndStaysThere) {
  const LabServer server;
  const E ready = server.client().CreateReady(Measure());
  ASSERT_EQ(ready.workers_size(), 2);
  EXPECT_EQ(ready.workers(0).role(), "initiator");
  EXPECT_EQ(ready.workers(1).role(), "responder");
  const std::vector<pid_t> processes = server.Processes();
  for (const v1::Worker& worker : ready.workers()) {
    EXPECT_THAT(processes, testing::Contains(worker.pid()));
    EXPECT_FALSE(worker.has_end());
  }
  EXPECT_EQ(server.client().Info()->workers(), 2);
  EXPECT_EQ(server.client().GetMetrics(ready.name())->total().messages(), 0);
}

TEST(CreateTest, TheIdOfTheClientNamesIt) {
  const LabServer server;
  auto request = Measure();
  request.set_experiment_id("my-first");
  EXPECT_EQ(server.client().Create(request)->name(), "experiments/my-first");
  const auto again = server.client().Create(request);
  EXPECT_TRUE(Refused(again.status, grpc::ALREADY_EXISTS, "ALREADY_EXISTS"));
  EXPECT_EQ(ResourceInfoOf(again.status).resource_name(), "experiments/my-first");
}

TEST(CreateTest, ValidateOnlyAnswersThePlanAndStartsNothing) {
  const LabServer server;
  auto request = Measure();
  request.set_validate_only(true);
  request.set_experiment_id("planned");
  const auto planned = server.client().Create(request);
  ASSERT_TRUE(planned.ok()) << planned.status.error_message();
  EXPECT_EQ(planned->name(), "experiments/planned");
  EXPECT_EQ(planned->spec().measure().warm_up_messages(), 1000);
  EXPECT_EQ(server.client().Info()->experiments(), 0);
  EXPECT_EQ(server.client().Info()->workers(), 0);
  EXPECT_EQ(server.client().Get("experiments/planned").status.error_code(), grpc::NOT_FOUND);
}

TEST(CreateTest, ValidateOnlySaysNoAsTheRealCallWould) {
  const LabServer server;
  auto request = Measure("no-such");
  request.set_validate_only(true);
  EXPECT_TRUE(
      Refused(server.client().Create(request).status, grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
}

TEST(CreateTest, ARepeatedRequestIsCarriedOutOnce) {
  const LabServer server;
  auto request = Measure();
  request.set_request_id(kUuid);
  const auto first = server.client().Create(request);
  const auto second = server.client().Create(request);
  ASSERT_TRUE(first.ok() && second.ok()) << second.status.error_message();
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  EXPECT_EQ(server.client().Info()->experiments(), 1);
}

TEST(CreateTest, ARequestIdForAnotherBodyIsRefused) {
  const LabServer server;
  auto request = Measure();
  request.set_request_id(kUuid);
  server.client().MustCreate(request);
  request.mutable_spec()->mutable_measure()->set_message_bytes(65);
  const auto other = server.client().Create(request);
  EXPECT_TRUE(Refused(other.status, grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
  EXPECT_THAT(ViolatedFields(other.status), testing::ElementsAre("request_id"));
  EXPECT_EQ(server.client().Info()->experiments(), 1);
}

TEST(CreateTest, ARefusedRequestMayBeMendedUnderTheSameId) {
  const LabServer server;
  auto request = Measure("pipee");
  request.set_request_id(kUuid);
  EXPECT_FALSE(server.client().Create(request).ok());
  request.mutable_spec()->mutable_measure()->set_mechanism("pipe");
  EXPECT_TRUE(server.client().Create(request).ok());
}

TEST(DeleteTest, ADeletedExperimentIsNotFound) {
  const LabServer server;
  const E done = server.client().CreateAndFinish(Measure("null"));
  EXPECT_TRUE(server.client().Delete(done.name()).ok());
  const auto gone = server.client().Get(done.name());
  EXPECT_TRUE(Refused(gone.status, grpc::NOT_FOUND, "NOT_FOUND"));
  EXPECT_EQ(ResourceInfoOf(gone.status).resource_name(), done.name());
  EXPECT_TRUE(Refused(server.client().Delete(done.name()), grpc::NOT_FOUND, "NOT_FOUND"));
  EXPECT_EQ(server.client().Info()->experiments(), 0);
}

TEST(DeleteTest, OneThatLivesMustBeCancelledFirst) {
  const LabServer server;
  const E ready = server.client().CreateReady(Measure());
  EXPECT_TRUE(
      Refused(server.client().Delete(ready.name()), grpc::FAILED_PRECONDITION, "EXPERIMENT_STATE"));
  EXPECT_EQ(server.client().Get(ready.name())->state(), E::READY);
  EXPECT_TRUE(server.client().Cancel(ready.name()).ok());
  EXPECT_TRUE(server.client().Delete(ready.name()).ok());
}

TEST(DeleteTest, ItsIdAndItsRequestIdMayBeUsedAgain) {
  const LabServer server;
  auto request = Measure("null");
  request.set_experiment_id("again");
  request.set_request_id(kUuid);
  const E first = server.client().CreateAndFinish(request);
  ASSERT_TRUE(server.client().Delete("experiments/again").ok());
  request.mutable_spec()->set_start(v1::ExperimentSpec::RUN);
  const auto second = server.client().Create(request);
  ASSERT_TRUE(second.ok()) << second.status.error_message();
  EXPECT_NE(second->uid(), first.uid());
  server.client().AwaitEnd(second->name());
}

}  // namespace
}  // namespace ipclab
