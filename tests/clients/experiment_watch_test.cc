// What a watch does after its stream has ended. The stream itself is tested against a real server.
#include "clients/cli/experiment_watch.h"

#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace ipclab::cli {
namespace {

grpc::Status WithToken(grpc::StatusCode code, const std::string& token) {
  google::rpc::ErrorInfo info;
  info.set_reason("WATCHER_TOO_SLOW");
  if (!token.empty()) (*info.mutable_metadata())["resume_token"] = token;
  google::rpc::Status status;
  status.add_details()->PackFrom(info);
  return {code, "m", status.SerializeAsString()};
}

TEST(AfterWatch, TheEndOfTheStreamIsTheEndOfTheExperiment) {
  EXPECT_EQ(AfterWatchOf(grpc::Status::OK, true), AfterWatch::kDone);
}

TEST(AfterWatch, AServerThatIsGoneIsLookedFor) {
  for (const auto code :
       {grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::INTERNAL, grpc::StatusCode::UNKNOWN}) {
    EXPECT_EQ(AfterWatchOf(grpc::Status(code, "Socket closed"), true), AfterWatch::kLost);
  }
  EXPECT_EQ(AfterWatchOf(WithToken(grpc::StatusCode::UNAVAILABLE, "t"), true), AfterWatch::kLost);
}

TEST(AfterWatch, ABrokenServerIsNotAskedForEver) {
  EXPECT_EQ(AfterWatchOf(WithToken(grpc::StatusCode::INTERNAL, ""), true), AfterWatch::kFail);
}

TEST(AfterWatch, OneThatFellBehindGoesOnAndOneOfTooManyGivesUp) {
  const grpc::Status status = WithToken(grpc::StatusCode::RESOURCE_EXHAUSTED, "");
  EXPECT_EQ(AfterWatchOf(status, /*has_token=*/true), AfterWatch::kResume);
  EXPECT_EQ(AfterWatchOf(status, /*has_token=*/false), AfterWatch::kFail);
}

TEST(AfterWatch, AHistoryThatIsGoneMeansToBeginAnewButOnlyOnce) {
  const grpc::Status status(grpc::StatusCode::OUT_OF_RANGE, "");
  EXPECT_EQ(AfterWatchOf(status, /*has_token=*/true), AfterWatch::kAnew);
  EXPECT_EQ(AfterWatchOf(status, /*has_token=*/false), AfterWatch::kFail);
}

TEST(AfterWatch, ARefusalIsFinal) {
  for (const auto code : {grpc::StatusCode::NOT_FOUND, grpc::StatusCode::INVALID_ARGUMENT,
                          grpc::StatusCode::UNAUTHENTICATED, grpc::StatusCode::UNIMPLEMENTED}) {
    EXPECT_EQ(AfterWatchOf(grpc::Status(code, ""), true), AfterWatch::kFail);
  }
}

TEST(ResumeToken, IsReadFromTheErrorsDetails) {
  EXPECT_EQ(ResumeTokenOf(WithToken(grpc::StatusCode::RESOURCE_EXHAUSTED, "t-7")), "t-7");
  EXPECT_EQ(ResumeTokenOf(WithToken(grpc::StatusCode::RESOURCE_EXHAUSTED, "")), "");
  EXPECT_EQ(ResumeTokenOf(grpc::Status(grpc::StatusCode::UNAVAILABLE, "", "\xff\xff")), "");
}

}  // namespace
}  // namespace ipclab::cli
