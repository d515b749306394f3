#include "server/export/csv.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/export/sample.h"

namespace ipclab {
namespace {

using testing::Contains;
using testing::ElementsAre;

std::vector<std::string> Rows(const v1::Experiment& experiment) {
  return absl::StrSplit(ExportCsv(experiment), '\n', absl::SkipEmpty());
}

// The rows of one kind, without what all rows begin with.
std::vector<std::string> RowsOf(const v1::Experiment& experiment, const std::string& kind,
                                const std::string& stepped = "false") {
  const std::string start = "experiments/x-1a2b3c4d,pipe,STREAM,64," + stepped + ",";
  std::vector<std::string> rows;
  for (const std::string& row : Rows(experiment)) {
    if (absl::StartsWith(row, start + kind + ",")) rows.push_back(row.substr(start.size()));
  }
  return rows;
}

TEST(CsvTest, BeginsWithTheNamesOfItsColumns) {
  EXPECT_EQ(Rows(EndedSample())[0],
            "experiment,mechanism,pattern,message_bytes,stepped,kind,statistic,value,unit,count,"
            "note");
}

TEST(CsvTest, ALatencyHasARowForEachStatistic) {
  EXPECT_THAT(
      RowsOf(EndedSample(), "send_call"),
      ElementsAre("send_call,min,5,ns,375,", "send_call,p50,1000000,ns,375,",
                  "send_call,p99.99,,ns,375,needs 100000 values", "send_call,max,1000000,ns,375,"));
}

TEST(CsvTest, AnAbsentLatencySaysWhyInQuotes) {
  const std::string why = R"("messages are smaller than 16 bytes, ""too small""")";
  EXPECT_THAT(RowsOf(EndedSample(), "one_way"),
              ElementsAre("one_way,min,,ns,0," + why, "one_way,p50,,ns,0," + why,
                          "one_way,max,,ns,0," + why));
}

TEST(CsvTest, EveryCounterIsThere) {
  const auto rows = RowsOf(EndedSample(), "counter");
  EXPECT_EQ(rows.size(), static_cast<size_t>(v1::Counters::descriptor()->field_count()));
  EXPECT_THAT(rows, Contains("counter,messages,375,1,,"));
  EXPECT_THAT(rows, Contains("counter,bytes,24000,B,,"));
  EXPECT_THAT(rows, Contains("counter,cpu_user,1234,ns,,"));
  EXPECT_THAT(rows, Contains("counter,lost,0,1,,"));
}

TEST(CsvTest, RatesHaveNoExponent) {
  v1::Experiment experiment = EndedSample();
  experiment.mutable_result()->mutable_metrics()->set_bytes_per_second(12e9);
  EXPECT_THAT(RowsOf(experiment, "rate"), ElementsAre("rate,messages_per_second,1500.000,1/s,,",
                                                      "rate,bytes_per_second,12000000000.000,B/s,,",
                                                      "rate,elapsed,250000000,ns,,"));
}

TEST(CsvTest, SteppedFiguresAreMarked) {
  v1::Experiment experiment = EndedSample();
  v1::Metrics& stepped = *experiment.mutable_result()->mutable_stepped_metrics();
  stepped.mutable_total()->set_messages(9);
  EXPECT_THAT(RowsOf(experiment, "counter", "true"), Contains("counter,messages,9,1,,"));
  EXPECT_THAT(RowsOf(experiment, "counter", "false"), Contains("counter,messages,375,1,,"));
  experiment.mutable_result()->clear_metrics();
  EXPECT_THAT(RowsOf(experiment, "counter", "false"), testing::IsEmpty());
}

TEST(CsvTest, ControlAndWarningsBelongToTheWholeExperiment) {
  v1::Experiment experiment = EndedSample();
  experiment.mutable_result()->set_control_before_nanos(120);
  experiment.mutable_result()->add_warnings(v1::Result::SAME_CPU);
  experiment.mutable_result()->add_warnings(v1::Result::CLOCK_COARSE);
  EXPECT_THAT(RowsOf(experiment, "control", ""),
              ElementsAre("control,before,120,ns,,", "control,after,,ns,,not measured"));
  EXPECT_THAT(RowsOf(experiment, "warning", ""),
              ElementsAre("warning,same_cpu,1,1,,", "warning,clock_coarse,1,1,,"));
}

TEST(CsvTest, EveryRowHasEveryColumn) {
  v1::Experiment experiment = EndedSample();
  experiment.mutable_result()->mutable_metrics()->mutable_latencies(1)->set_absent_reason("plain");
  for (const std::string& row : Rows(experiment)) {
    EXPECT_EQ(std::count(row.begin(), row.end(), ','), 10) << row;
  }
}

}  // namespace
}  // namespace ipclab
