#include "server/errors.h"

#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// What a client unpacks.
google::rpc::Status Unpack(const grpc::Status& status) {
  google::rpc::Status unpacked;
  EXPECT_TRUE(unpacked.ParseFromString(status.error_details()));
  EXPECT_EQ(unpacked.code(), static_cast<int>(status.error_code()));
  EXPECT_EQ(unpacked.message(), status.error_message());
  return unpacked;
}

template <class Detail>
Detail Get(const grpc::Status& status) {
  Detail detail;
  int found = 0;
  const google::rpc::Status unpacked = Unpack(status);
  for (const auto& any : unpacked.details()) {
    if (!any.Is<Detail>()) continue;
    ++found;
    EXPECT_TRUE(any.UnpackTo(&detail));
  }
  EXPECT_EQ(found, 1) << Detail::descriptor()->full_name();
  return detail;
}

TEST(ErrorsTest, OkStaysOk) {
  const grpc::Status status = ToGrpc(absl::OkStatus());
  EXPECT_TRUE(status.ok());
  EXPECT_TRUE(status.error_details().empty());
}

TEST(ErrorsTest, AnInvalidRequestNamesEveryFieldAndLack) {
  const grpc::Status status = ToGrpc(InvalidRequest({{"a", "is bad"}, {"b.c", "is worse"}},
                                                    {{"PLACEMENT", "here", "is lacking"}}));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "a: is bad; b.c: is worse");
  const auto bad_request = Get<google::rpc::BadRequest>(status);
  ASSERT_EQ(bad_request.field_violations_size(), 2);
  EXPECT_EQ(bad_request.field_violations(1).field(), "b.c");
  EXPECT_EQ(bad_request.field_violations(1).description(), "is worse");
  EXPECT_EQ(Get<google::rpc::PreconditionFailure>(status).violations(0).type(), "PLACEMENT");
  EXPECT_EQ(Get<google::rpc::ErrorInfo>(status).reason(), "BAD_REQUEST");
}

TEST(ErrorsTest, APreconditionSaysWhatWouldMendIt) {
  const grpc::Status status =
      ToGrpc(PreconditionFailed({{"FIRST", "x", "Do this."}, {"SECOND", "y", "Do that."}}));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "Do this. Do that.");
  const auto failure = Get<google::rpc::PreconditionFailure>(status);
  ASSERT_EQ(failure.violations_size(), 2);
  EXPECT_EQ(failure.violations(1).subject(), "y");
  const auto info = Get<google::rpc::ErrorInfo>(status);
  EXPECT_EQ(info.reason(), "FIRST");
  EXPECT_EQ(info.metadata().at("subject"), "x");
}

TEST(ErrorsTest, WhatIsNotFoundOrExistsIsNamed) {
  for (const grpc::Status& status : {ToGrpc(ResourceNotFound("T", "things/a", "make it")),
                                     ToGrpc(ResourceExists("T", "things/a", "make it"))}) {
    const auto resource = Get<google::rpc::ResourceInfo>(status);
    EXPECT_EQ(resource.resource_type(), "T");
    EXPECT_EQ(resource.resource_name(), "things/a");
    EXPECT_EQ(resource.description(), "make it");
    EXPECT_EQ(Get<google::rpc::ErrorInfo>(status).metadata().at("name"), "things/a");
    EXPECT_THAT(status.error_message(), HasSubstr("make it"));
  }
}

TEST(ErrorsTest, AQuotaSaysWhenToTryAgain) {
  const grpc::Status status =
      ToGrpc(QuotaExceeded("workers", "too many", absl::Milliseconds(1500)));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Get<google::rpc::QuotaFailure>(status).violations(0).subject(), "workers");
  const auto retry = Get<google::rpc::RetryInfo>(status);
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 500'000'000);
}

TEST(ErrorsTest, AStoppingServerSaysToTryAgain) {
  const grpc::Status status = ToGrpc(ServerStopping());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_GT(Get<google::rpc::RetryInfo>(status).retry_delay().seconds(), 0);
}

TEST(ErrorsTest, EveryErrorHasOneErrorInfo) {
  std::vector<absl::Status> errors = {
      InvalidRequest({{"a", "b"}}),
      PreconditionFailed({{"STATE", "b", "c"}}),
      ResourceNotFound("T", "a", "b"),
      ResourceExists("T", "a", "b"),
      QuotaExceeded("a", "b", {}),
      ServerStopping(),
      ErrorWithReason(absl::StatusCode::kAborted, "A_REASON", "text", {{"key", "value"}}),
  };
  for (int code = 1; code <= 16; ++code) {
    errors.emplace_back(static_cast<absl::StatusCode>(code), "bare");
  }
  for (const absl::Status& error : errors) {
    const grpc::Status status = ToGrpc(error);
    EXPECT_EQ(static_cast<int>(status.error_code()), static_cast<int>(error.code()));
    const auto info = Get<google::rpc::ErrorInfo>(status);
    EXPECT_EQ(info.domain(), "ipclab.dev");
    EXPECT_TRUE(::testing::Matches(::testing::MatchesRegex("[A-Z][A-Z_]*[A-Z]"))(info.reason()))
        << info.reason() << " of " << error;
  }
  EXPECT_EQ(Get<google::rpc::ErrorInfo>(ToGrpc(absl::InternalError("bare"))).reason(), "INTERNAL");
}

// A client refuses trailers of more than 8 KiB, and would see that instead of the error. Message
// and details travel there, the details as base64.
TEST(ErrorsTest, NoErrorIsTooLongForItsTrailers) {
  std::vector<FieldViolation> violations;
  std::vector<Precondition> preconditions;
  for (int i = 0; i < 1000; ++i) {
    violations.push_back({"spec.measure.options[\"x\"]", std::string(200, 'x')});
    preconditions.push_back({"PLACEMENT", "spec.placement", std::string(200, 'x')});
  }
  const std::string huge(1 << 20, 'x');
  for (const absl::Status& error : {InvalidRequest(violations, preconditions),
                                    PreconditionFailed(preconditions), absl::InternalError(huge)}) {
    const grpc::Status status = ToGrpc(error);
    EXPECT_LT(status.error_message().size() + status.error_details().size() * 4 / 3, 7u << 10);
    EXPECT_EQ(status.error_code(), static_cast<grpc::StatusCode>(error.code()));
    Get<google::rpc::ErrorInfo>(status);
  }
}

TEST(ErrorsTest, AListThatIsCutSaysHowManyMoreThereAre) {
  const std::vector<FieldViolation> violations(1000, {"field", std::string(100, 'x')});
  const auto bad_request = Get<google::rpc::BadRequest>(ToGrpc(InvalidRequest(violations)));
  const int shown = bad_request.field_violations_size() - 1;
  ASSERT_GT(shown, 5);
  EXPECT_THAT(bad_request.field_violations(shown).description(),
              HasSubstr(std::to_string(1000 - shown) + " more"));
}

TEST(QuotedTest, ShortPlainTextIsOnlyQuoted) {
  EXPECT_EQ(Quoted(""), "\"\"");
  EXPECT_EQ(Quoted("pipe"), "\"pipe\"");
  EXPECT_EQ(Quoted(std::string(64, 'a')), "\"" + std::string(64, 'a') + "\"");
}

TEST(QuotedTest, LongTextIsCutAndCounted) {
  const std::string quoted = Quoted(std::string(1 << 20, 'a'));
  EXPECT_THAT(quoted, StartsWith("\"" + std::string(64, 'a') + "...\""));
  EXPECT_THAT(quoted, HasSubstr("1048576 bytes"));
  EXPECT_LT(quoted.size(), 100u);
}

TEST(QuotedTest, WhatATerminalWouldObeyIsEscaped) {
  const std::string quoted = Quoted(std::string("\033[2J\"\n\0\xff\xc3\xa9", 10));
  EXPECT_THAT(quoted, Each(::testing::Truly([](char c) { return c >= ' ' && c < 127; })));
  EXPECT_EQ(quoted, R"("\033[2J\"\n\000\377\303\251")");
  EXPECT_EQ(Quoted(std::string(100, '\n')).find('\n'), std::string::npos);
}

}  // namespace
}  // namespace ipclab
