// Files of a real server's experiments. What HdrHistogram's own library makes of the logs is the
// matter of hdr_log_test.py.

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using Request = v1::ExportExperimentRequest;
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

struct File {
  std::string name;
  std::string media_type;
  std::string data;
  grpc::Status status;
};

File Export(const LabClient& client, const std::string& name, Request::Format format) {
  FileStream stream = client.Export(name, format);
  File file;
  for (bool first = true; const auto& piece : stream.Rest()) {
    EXPECT_LE(piece.data().size(), 65536u);
    EXPECT_EQ(piece.file_name().empty(), !first);
    EXPECT_EQ(piece.media_type().empty(), !first);
    if (first) file = {piece.file_name(), piece.media_type(), "", {}};
    file.data += piece.data();
    first = false;
  }
  file.status = stream.Finish();
  return file;
}

// 100 KB of labels in JSON: a file of several pieces.
std::string CreateLarge(const LabServer& server) {
  auto request = Measure();
  for (int i = 0; i < 64; ++i) {
    // Each of these bytes is six characters of JSON.
    request.mutable_spec()->mutable_labels()->insert({absl::StrCat(i), std::string(255, '\x01')});
  }
  return server.client().CreateReady(request).name();
}

TEST(ExportTest, JsonGivesBackTheWholeExperiment) {
  const LabServer server;
  const E done = server.client().CreateAndFinish(Measure("pipe", 10'000));
  const File file = Export(server.client(), done.name(), Request::JSON);
  ASSERT_TRUE(file.status.ok());
  EXPECT_EQ(file.name, absl::StrCat(done.name().substr(12), ".json"));
  EXPECT_EQ(file.media_type, "application/json");
  E again;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(file.data, &again).ok());
  EXPECT_EQ(again.DebugString(), done.DebugString());
}

TEST(ExportTest, CsvHasTheFiguresOfRunsAndSteps) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", 1000)).name();
  ASSERT_TRUE(server.client().Step(name, 7).ok());
  ASSERT_TRUE(server.client().Run(name).ok());
  const E done = server.client().AwaitEnd(name);
  const File file = Export(server.client(), name, Request::CSV);
  ASSERT_TRUE(file.status.ok());
  EXPECT_EQ(file.media_type, "text/csv");
  const std::vector<std::string> rows = absl::StrSplit(file.data, '\n');
  const std::string start =
      absl::StrCat(name, ",pipe,ROUND_TRIP,", done.spec().measure().message_bytes(), ",");
  EXPECT_THAT(rows[0], StartsWith("experiment,mechanism,pattern,"));
  EXPECT_THAT(rows, Contains(start + "true,counter,messages,7,1,,,"));
  EXPECT_THAT(rows, Contains(absl::StrCat(start, "false,counter,messages,",
                                          done.result().metrics().total().messages(), ",1,,,")));
  const v1::Latency& latency = done.result().metrics().latencies(0);
  EXPECT_THAT(rows, Contains(absl::StrCat(start, "false,round_trip,min,", latency.min_nanos(),
                                          ",ns,", latency.count(), ",,")));
}

TEST(ExportTest, HdrLogHasATaggedLineForEachKind) {
  const LabServer server;
  const E done = server.client().CreateAndFinish(Measure("pipe", 1000));
  const File file = Export(server.client(), done.name(), Request::HDR_LOG);
  ASSERT_TRUE(file.status.ok());
  EXPECT_TRUE(absl::EndsWith(file.name, ".hlog"));
  EXPECT_THAT(file.data, HasSubstr("#[Histogram log format version 1.3]\n"));
  EXPECT_THAT(file.data, HasSubstr("\nTag=round_trip,0.000,"));
  EXPECT_THAT(file.data, HasSubstr(",HISTFAAA"));
}

TEST(ExportTest, OfARunningOneThereIsJsonOnly) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", kEndless)).name();
  ASSERT_TRUE(server.client().Run(name).ok());
  const File json = Export(server.client(), name, Request::JSON);
  EXPECT_TRUE(json.status.ok());
  EXPECT_THAT(json.data, HasSubstr("\"state\": \"RUNNING\""));
  for (const auto format : {Request::CSV, Request::HDR_LOG}) {
    const File file = Export(server.client(), name, format);
    EXPECT_TRUE(Refused(file.status, grpc::FAILED_PRECONDITION, "NOT_ENDED"));
    EXPECT_EQ(file.data, "");
  }
  EXPECT_TRUE(server.client().Cancel(name).ok());
}

TEST(ExportTest, WhatDoesNotExistIsRefused) {
  const LabServer server;
  EXPECT_TRUE(Refused(Export(server.client(), "experiments/none", Request::JSON).status,
                      grpc::NOT_FOUND, "NOT_FOUND"));
  EXPECT_TRUE(Refused(Export(server.client(), "nonsense", Request::JSON).status,
                      grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
  const E done = server.client().CreateAndFinish(Measure("null", 1));
  const File file = Export(server.client(), done.name(), static_cast<Request::Format>(99));
  EXPECT_TRUE(Refused(file.status, grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
  EXPECT_THAT(ViolatedFields(file.status), testing::ElementsAre("format"));
}

TEST(ExportTest, AFileOfSeveralPiecesComesWhole) {
  const LabServer server;
  const std::string name = CreateLarge(server);
  const File file = Export(server.client(), name, Request::JSON);
  ASSERT_TRUE(file.status.ok());
  EXPECT_GT(file.data.size(), 65536u);
  E again;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(file.data, &again).ok());
  EXPECT_EQ(again.SerializeAsString().size(),
            server.client().Get(name)->SerializeAsString().size());
}

TEST(ExportTest, AReaderThatLeavesOrNeverReadsHoldsUpNobody) {
  const LabServer server;
  const std::string name = CreateLarge(server);
  const LabClient lazy(server.unix_address(), "", /*small_window=*/true);
  FileStream unread = lazy.Export(name, Request::JSON);
  for (int i = 0; i < 20; ++i) {
    FileStream leaves = lazy.Export(name, Request::JSON);
    if (i % 2 == 1) {
      EXPECT_TRUE(leaves.Next().has_value());
    }
    leaves.Cancel();
    leaves.Rest();
    EXPECT_EQ(leaves.Finish().error_code(), grpc::CANCELLED);
  }
  // Deleted under the one that is still on its way: it has all it needs.
  ASSERT_TRUE(server.client().Cancel(name).ok());
  ASSERT_TRUE(server.client().Delete(name).ok());
  std::string data;
  for (const auto& piece : unread.Rest()) data += piece.data();
  EXPECT_TRUE(unread.Finish().ok());
  EXPECT_TRUE(absl::EndsWith(data, "}\n"));
}

TEST(ExportTest, AReaderThatNeverReadsDoesNotHoldUpAStop) {
  LabServer server;
  const std::string name = CreateLarge(server);
  const LabClient lazy(server.unix_address(), "", /*small_window=*/true);
  FileStream unread = lazy.Export(name, Request::JSON);
  FileStream begun = lazy.Export(name, Request::JSON);
  EXPECT_TRUE(begun.Next().has_value());
  EXPECT_EQ(server.Terminate(), 0);
}

}  // namespace
}  // namespace ipclab
