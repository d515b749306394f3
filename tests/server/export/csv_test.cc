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
            "note,begin_ns");
}

TEST(CsvTest, ALatencyHasARowForEachStatistic) {
  EXPECT_THAT(RowsOf(EndedSample(), "send_call"),
              ElementsAre("send_call,min,5,ns,375,,", "send_call,p50,1000000,ns,375,,",
                          "send_call,p99.99,,ns,375,needs 100000 values,",
                          "send_call,max,1000000,ns,375,,", "send_call,batch,1,1,375,,"));
}

TEST(CsvTest, AnAbsentLatencySaysWhyInQuotes) {
  const std::string why = R"("messages are smaller than 16 bytes, ""too small""",)";
  EXPECT_THAT(RowsOf(EndedSample(), "one_way"),
              ElementsAre("one_way,min,,ns,0," + why, "one_way,p50,,ns,0," + why,
                          "one_way,max,,ns,0," + why, "one_way,batch,,1,0," + why));
}

TEST(CsvTest, EveryCounterIsThere) {
  const auto rows = RowsOf(EndedSample(), "counter");
  EXPECT_EQ(rows.size(), static_cast<size_t>(v1::Counters::descriptor()->field_count()));
  EXPECT_THAT(rows, Contains("counter,messages,375,1,,,"));
  EXPECT_THAT(rows, Contains("counter,bytes,24000,B,,,"));
  EXPECT_THAT(rows, Contains("counter,cpu_user,1234,ns,,,"));
  EXPECT_THAT(rows, Contains("counter,lost,0,1,,,"));
}

TEST(CsvTest, RatesHaveNoExponent) {
  v1::Experiment experiment = EndedSample();
  experiment.mutable_result()->mutable_metrics()->set_bytes_per_second(12e9);
  EXPECT_THAT(
      RowsOf(experiment, "rate"),
      ElementsAre("rate,messages_per_second,1500.000,1/s,,,",
                  "rate,bytes_per_second,12000000000.000,B/s,,,", "rate,elapsed,250000000,ns,,,"));
}

TEST(CsvTest, SteppedFiguresAreMarked) {
  v1::Experiment experiment = EndedSample();
  v1::Metrics& stepped = *experiment.mutable_result()->mutable_stepped_metrics();
  stepped.mutable_total()->set_messages(9);
  EXPECT_THAT(RowsOf(experiment, "counter", "true"), Contains("counter,messages,9,1,,,"));
  EXPECT_THAT(RowsOf(experiment, "counter", "false"), Contains("counter,messages,375,1,,,"));
  experiment.mutable_result()->clear_metrics();
  EXPECT_THAT(RowsOf(experiment, "counter", "false"), testing::IsEmpty());
}

TEST(CsvTest, ControlAndWarningsBelongToTheWholeExperiment) {
  v1::Experiment experiment = EndedSample();
  experiment.mutable_result()->set_control_before_nanos(120);
  experiment.mutable_result()->add_warnings(v1::Result::SAME_CPU);
  experiment.mutable_result()->add_warnings(v1::Result::CLOCK_COARSE);
  EXPECT_THAT(RowsOf(experiment, "control", ""),
              ElementsAre("control,before,120,ns,,,", "control,after,,ns,,not measured,"));
  EXPECT_THAT(RowsOf(experiment, "warning", ""),
              ElementsAre("warning,same_cpu,1,1,,,", "warning,clock_coarse,1,1,,,"));
}

TEST(CsvTest, AWarningSaysWhatItWasSeenBy) {
  v1::Experiment experiment = EndedSample();
  experiment.mutable_result()->add_warnings(v1::Result::STEAL);
  experiment.mutable_result()->add_warning_details("3.1% of a worker's CPU");
  EXPECT_THAT(RowsOf(experiment, "warning", ""),
              ElementsAre("warning,steal,1,1,,3.1% of a worker's CPU,"));
}

TEST(CsvTest, TheRunHasItsWarmUpAndDrift) {
  v1::Experiment experiment = EndedSample();
  v1::Result& result = *experiment.mutable_result();
  EXPECT_THAT(RowsOf(experiment, "run"), ElementsAre("run,drift,,1,,too few slices,"));
  EXPECT_THAT(RowsOf(experiment, "warm_up"), Contains("warm_up,messages,,1,,not measured,"));
  result.set_drift(-0.0125);
  result.mutable_warm_up()->set_messages(9000);
  result.mutable_warm_up()->mutable_elapsed()->set_nanos(5'000'000);
  EXPECT_THAT(RowsOf(experiment, "run"), ElementsAre("run,drift,-0.012500,1,,,"));
  EXPECT_THAT(RowsOf(experiment, "warm_up"),
              ElementsAre("warm_up,messages,9000,1,,,", "warm_up,elapsed,5000000,ns,,,",
                          "warm_up,steady,0,1,,,"));
}

TEST(CsvTest, WhatCannotBeCountedSaysWhy) {
  v1::Experiment experiment = EndedSample();
  v1::Census& census = *experiment.mutable_result()->mutable_census();
  census.set_messages(1000);
  census.set_system_calls(4000);
  census.set_hardware_absent("this machine has no counters");
  EXPECT_THAT(RowsOf(experiment, "census"),
              ElementsAre("census,messages,1000,1,,,", "census,system_calls,4000,1,,,",
                          "census,instructions,,1,,this machine has no counters,",
                          "census,cycles,,1,,this machine has no counters,"));
}

TEST(CsvTest, ASliceSaysWhereItBegins) {
  v1::Experiment experiment = EndedSample();
  v1::Slice& slice = *experiment.mutable_result()->add_slices();
  slice.mutable_begin()->set_nanos(200'000'000);
  slice.mutable_length()->set_nanos(100'000'000);
  slice.set_messages(12);
  *slice.mutable_histogram() = HistogramOf({{500, 10}, {900, 2}});
  EXPECT_THAT(
      RowsOf(experiment, "slice"),
      ElementsAre("slice,length,100000000,ns,,,200000000", "slice,messages,12,1,,,200000000",
                  "slice,p50,500,ns,12,,200000000", "slice,p99,,ns,12,needs 299 values,200000000",
                  "slice,max,900,ns,12,,200000000"));
}

TEST(CsvTest, TheHostsLoadBelongsToTheWholeExperiment) {
  v1::Experiment experiment = EndedSample();
  v1::HostLoad& load = *experiment.mutable_result()->mutable_host_load();
  load.set_others_share(0.021);
  load.set_hiccups(2);
  load.mutable_longest_hiccup()->set_nanos(3'000'000);
  load.set_load_average(0.5);
  EXPECT_THAT(
      RowsOf(experiment, "host_load", ""),
      ElementsAre("host_load,steal_share,0.000000,1,,,", "host_load,others_share,0.021000,1,,,",
                  "host_load,hiccups,2,1,,,", "host_load,longest_hiccup,3000000,ns,,,",
                  "host_load,load_average,0.500,1,,,"));
}

TEST(CsvTest, EveryRowHasEveryColumn) {
  v1::Experiment experiment = EndedSample();
  experiment.mutable_result()->mutable_metrics()->mutable_latencies(1)->set_absent_reason("plain");
  for (const std::string& row : Rows(experiment)) {
    EXPECT_EQ(std::count(row.begin(), row.end(), ','), 11) << row;
  }
}

}  // namespace
}  // namespace ipclab
