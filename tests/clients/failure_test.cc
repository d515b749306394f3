#include "clients/cli/failure.h"

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace ipclab::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

grpc::Status Rich(grpc::StatusCode code, const std::string& message,
                  const std::vector<const google::protobuf::Message*>& details) {
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  for (const auto* detail : details) status.add_details()->PackFrom(*detail);
  return {code, message, status.SerializeAsString()};
}

TEST(FailureOfStatus, EveryFieldViolationHasALineOfItsOwn) {
  google::rpc::BadRequest bad_request;
  auto* size = bad_request.add_field_violations();
  size->set_field("spec.measure.message_bytes");
  size->set_description("must be 1 or more");
  auto* mechanism = bad_request.add_field_violations();
  mechanism->set_field("spec.measure.mechanism");
  mechanism->set_description("unknown; did you mean \"pipe\"?");
  google::rpc::ErrorInfo info;
  info.set_reason("INVALID_SPEC");
  const Failure failure = FailureOf(
      Rich(grpc::StatusCode::INVALID_ARGUMENT, "the spec has 2 violations", {&info, &bad_request}));
  EXPECT_EQ(failure.exit_code, ExitCode::kRefused);
  EXPECT_EQ(failure.kind, "REFUSED");
  EXPECT_EQ(failure.reason, "INVALID_SPEC");
  EXPECT_EQ(FailureText(failure),
            "the spec has 2 violations\n"
            "  spec.measure.message_bytes: must be 1 or more\n"
            "  spec.measure.mechanism: unknown; did you mean \"pipe\"?");
}

TEST(FailureOfStatus, PreconditionsQuotasAndRetriesAreTold) {
  google::rpc::PreconditionFailure precondition;
  auto* violation = precondition.add_violations();
  violation->set_subject("placement");
  violation->set_description("this host has one socket");
  google::rpc::QuotaFailure quota;
  quota.add_violations()->set_description("at most 256 experiments");
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(2);
  const Failure failure = FailureOf(
      Rich(grpc::StatusCode::FAILED_PRECONDITION, "cannot", {&precondition, &quota, &retry}));
  EXPECT_THAT(failure.violations, ElementsAre("placement: this host has one socket",
                                              "at most 256 experiments", "try again in 2s"));
}

TEST(FailureOfStatus, AResourceIsNotDescribedTwice) {
  google::rpc::ResourceInfo resource;
  resource.set_resource_name("mechanisms/pip");
  resource.set_description("did you mean \"pipe\"?");
  const Failure twice = FailureOf(
      Rich(grpc::StatusCode::NOT_FOUND, "no mechanism; did you mean \"pipe\"?", {&resource}));
  EXPECT_THAT(twice.violations, ElementsAre());
  const Failure once = FailureOf(Rich(grpc::StatusCode::NOT_FOUND, "no mechanism", {&resource}));
  EXPECT_THAT(once.violations, ElementsAre("mechanisms/pip: did you mean \"pipe\"?"));
}

TEST(FailureOfStatus, AServerThatIsGoneIsNotARefusal) {
  for (const auto code : {grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::DEADLINE_EXCEEDED}) {
    const Failure failure = FailureOf(grpc::Status(code, "Socket closed"));
    EXPECT_EQ(failure.exit_code, ExitCode::kCannotConnect);
    EXPECT_EQ(failure.kind, "UNREACHABLE");
  }
}

TEST(FailureOfStatus, AServerThatAnswersUnavailableWithDetailsRefuses) {
  google::rpc::ErrorInfo info;
  info.set_reason("SHUTTING_DOWN");
  const Failure failure =
      FailureOf(Rich(grpc::StatusCode::UNAVAILABLE, "the server is stopping", {&info}));
  EXPECT_EQ(failure.exit_code, ExitCode::kRefused);
  EXPECT_EQ(failure.reason, "SHUTTING_DOWN");
}

TEST(FailureOfStatus, GarbageForDetailsLeavesTheMessage) {
  const Failure failure =
      FailureOf(grpc::Status(grpc::StatusCode::NOT_FOUND, "no mechanism \"x\"", "\xff\xff"));
  EXPECT_EQ(FailureText(failure), "no mechanism \"x\"");
}

TEST(FailureOfStatus, SaysHowToBeAuthenticated) {
  const Failure failure = FailureOf(grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "no token"));
  EXPECT_THAT(FailureText(failure), HasSubstr("--token-file"));
}

TEST(FailureOfStatus, NeverShowsACodesNumber) {
  EXPECT_THAT(FailureText(FailureOf(grpc::Status(grpc::StatusCode::INTERNAL, ""))),
              Not(HasSubstr("13")));
}

TEST(FailureOfExperiment, TellsTheEndInTheServersWords) {
  v1::Experiment experiment;
  experiment.set_state(v1::Experiment::FAILED);
  experiment.mutable_end()->set_class_(v1::End::SIGNAL);
  experiment.mutable_end()->set_message("worker 1 was ended by signal 9");
  const Failure failure = FailureOf(experiment);
  EXPECT_EQ(failure.exit_code, ExitCode::kCheckFailed);
  EXPECT_EQ(failure.kind, "SIGNAL");
  EXPECT_EQ(FailureText(failure), "worker 1 was ended by signal 9");
}

TEST(FailureText, AMessageThatRepeatsTheViolationsIsLeftOut) {
  const Failure two = {.message = "a: is 0; b: is 1", .violations = {"a: is 0", "b: is 1"}};
  EXPECT_EQ(FailureText(two), "a: is 0\n  b: is 1");
  const Failure one = {.message = "is 0", .violations = {"a: is 0"}};
  EXPECT_EQ(FailureText(one), "a: is 0");
  const Failure other = {.message = "two violations", .violations = {"a: is 0"}};
  EXPECT_EQ(FailureText(other), "two violations\n  a: is 0");
}

TEST(FailureJson, HasAllItsKeys) {
  const Failure failure = {.exit_code = ExitCode::kRefused,
                           .kind = "REFUSED",
                           .reason = "R",
                           .message = "m",
                           .violations = {"v"}};
  EXPECT_EQ(FailureJson(failure).str(),
            R"({"class":"REFUSED","reason":"R","message":"m","violations":["v"]})");
}

TEST(FailureOfStatus, DoesNotNameTwiceWhatADescriptionBeginsWith) {
  google::rpc::PreconditionFailure precondition;
  auto* violation = precondition.add_violations();
  violation->set_subject("experiments/live");
  violation->set_description("experiments/live is RUNNING: cancel it first");
  const Failure failure =
      FailureOf(Rich(grpc::StatusCode::FAILED_PRECONDITION, "no", {&precondition}));
  EXPECT_THAT(failure.violations, ElementsAre("experiments/live is RUNNING: cancel it first"));
}

}  // namespace
}  // namespace ipclab::cli
