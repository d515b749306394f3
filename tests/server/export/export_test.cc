#include "server/export/export.h"

#include <string>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "tests/server/error_details.h"
#include "tests/server/export/sample.h"

namespace ipclab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Request = v1::ExportExperimentRequest;

TEST(ExportTest, EachFormHasItsNameAndMediaType) {
  const auto json = Export(EndedSample(), Request::JSON);
  EXPECT_EQ(json->name, "x-1a2b3c4d.json");
  EXPECT_EQ(json->media_type, "application/json");
  const auto csv = Export(EndedSample(), Request::CSV);
  EXPECT_EQ(csv->name, "x-1a2b3c4d.csv");
  EXPECT_EQ(csv->media_type, "text/csv");
  const auto hdr_log = Export(EndedSample(), Request::HDR_LOG);
  EXPECT_EQ(hdr_log->name, "x-1a2b3c4d.hlog");
  EXPECT_EQ(hdr_log->media_type, "text/plain");
}

TEST(ExportTest, JsonIsTheWholeExperimentAndEndsItsLine) {
  const auto file = Export(EndedSample(), Request::JSON);
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(absl::EndsWith(file->data, "}\n"));
  v1::Experiment again;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(file->data, &again).ok());
  EXPECT_EQ(again.DebugString(), EndedSample().DebugString());
}

TEST(ExportTest, NoFormatIsJson) {
  EXPECT_EQ(Export(EndedSample(), Request::FORMAT_UNSPECIFIED)->data,
            Export(EndedSample(), Request::JSON)->data);
}

TEST(ExportTest, WhileItRunsOnlyJsonIsPossible) {
  v1::Experiment running = EndedSample();
  running.clear_end_time();
  running.clear_result();
  running.set_state(v1::Experiment::RUNNING);
  EXPECT_TRUE(Export(running, Request::JSON).ok());
  for (const auto format : {Request::CSV, Request::HDR_LOG}) {
    const absl::Status status = Export(running, format).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(status));
    EXPECT_THAT(Lacking(status), ElementsAre("NOT_ENDED"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("is RUNNING; export it after its end"));
  }
}

TEST(ExportTest, WithoutFiguresOnlyJsonIsPossible) {
  v1::Experiment failed = EndedSample();
  failed.clear_result();
  failed.set_state(v1::Experiment::FAILED);
  EXPECT_TRUE(Export(failed, Request::JSON).ok());
  for (const auto format : {Request::CSV, Request::HDR_LOG}) {
    const absl::Status status = Export(failed, format).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(status));
    EXPECT_THAT(Lacking(status), ElementsAre("NO_FIGURES"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("ended as FAILED and left no figures"));
  }
}

TEST(ExportTest, AnUnknownFormatIsRefused) {
  const absl::Status status = Export(EndedSample(), static_cast<Request::Format>(99)).status();
  EXPECT_THAT(WrongFields(status), ElementsAre("format"));
  EXPECT_EQ(status.message(), "format: must be JSON, CSV or HDR_LOG");
}

}  // namespace
}  // namespace ipclab
