#include "clients/cli/measure/knee_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/clients/measure/trials.h"

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Measurement PointAt(double offered, double achieved, int64_t p99) {
  v1::Experiment trial = PipeTrial({{900, 290}, {p99, 10}}, achieved);
  trial.mutable_spec()->mutable_measure()->mutable_load()->set_per_second(offered);
  return SummaryOf(trial.spec(), {trial}, std::nullopt);
}

KneeSweep Sweep() {
  return {.capacity = SummaryOf(PipeSpec(), {PipeTrial({{900, 300}}, 25'641)}, std::nullopt),
          .points = {PointAt(1000, 1000, 1000), PointAt(20'000, 19'990, 1900),
                     PointAt(30'000, 25'000, 2000)},
          .knee = {.at = 1, .base = 0}};
}

TEST(KneeReport, MarksTheKneeAmongTheRates) {
  const std::string report = KneeReport(Sweep(), 1, "1s", {});
  EXPECT_THAT(report, HasSubstr("open loop, 1.00 k to 30.0 k/s, placement"));
  EXPECT_THAT(report, HasSubstr("from when the message was due"));
  EXPECT_THAT(report, HasSubstr("20.0 k      20.0 k  100.0%  900 ns  1.90 us      1.50 us"));
  EXPECT_THAT(report, HasSubstr("300  <- knee\n"));
  EXPECT_THAT(report, HasSubstr("30.0 k      25.0 k   83.3%"));
  EXPECT_THAT(report,
              HasSubstr("knee: 20.0 k/s, the last rate on the way up of which 99% or more"));
  EXPECT_THAT(absl::StrReplaceAll(report, {{"\n", " "}}),
              HasSubstr("ten times the 1.00 us of the lowest rate, 1.00 k/s."));
  EXPECT_THAT(report, Not(HasSubstr("No rate that was tried")));
  EXPECT_THAT(report, HasSubstr("closed loop: 25.6 k messages/s"));
}

TEST(KneeReport, FitsATerminal) {
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(
           KneeReport(Sweep(), 1, "1s", {.interactive = true, .width = 80}), '\n'))) {
    EXPECT_LE(ColumnsOf(line), 80u) << line;
  }
}

TEST(KneeReport, RemarksNameTheRate) {
  KneeSweep sweep = Sweep();
  sweep.points[2].sightings[v1::Result::BEHIND_SCHEDULE].trials = 1;
  sweep.points[2].warnings = {v1::Result::BEHIND_SCHEDULE};
  EXPECT_THAT(KneeReport(sweep, 1, "1s", {}),
              HasSubstr("! pipe 64 B at 30.0 k/s: behind schedule"));
}

TEST(KneeReport, WithoutAKneeThatIsSaid) {
  KneeSweep sweep = Sweep();
  sweep.knee = {.base = 0, .none_because = "the lowest rate has no p99"};
  const std::string report = KneeReport(sweep, 1, "1s", {});
  EXPECT_THAT(report, HasSubstr("no knee: the lowest rate has no p99."));
  EXPECT_THAT(report, Not(HasSubstr("<-")));
  EXPECT_THAT(KneeJson(sweep), HasSubstr(R"("offeredPerSecond":null)"));
  EXPECT_THAT(KneeJson(sweep), HasSubstr(R"("why":"the lowest rate has no p99")"));
}

TEST(KneeReport, AKneeThatNothingIsBeyondMayLieHigher) {
  KneeSweep sweep = Sweep();
  sweep.knee.at = 2;
  EXPECT_THAT(KneeReport(sweep, 1, "1s", {}), HasSubstr("No rate that was tried is beyond"));
}

TEST(KneeReport, WhatCannotBeMeasuredAtAllSaysWhy) {
  KneeSweep sweep;
  sweep.capacity = SummaryOf(PipeSpec(), {}, Failure{.kind = "REFUSED", .message = "no"});
  EXPECT_EQ(KneeReport(sweep, 1, "1s", {}), "pipe 64 B refused: no\n");
}

TEST(KneeJson, IsOneObjectUnderItsOwnKey) {
  EXPECT_EQ(KneeJson(Sweep()),
            R"({"knee":{"mechanism":"pipe","messageBytes":64,"pattern":"ROUND_TRIP",)"
            R"("placement":"DIFFERENT_CORES","wait":"BLOCK","trials":1,"latencyKind":"ROUND_TRIP",)"
            R"("capacityPerSecond":25641,"missingRates":0,"basePerSecond":1000,)"
            R"("offeredPerSecond":20000,"achievedPerSecond":19990,"p50Nanos":900,"p99Nanos":1900,)"
            R"("cpuNanosPerMessage":1500}})");
}

}  // namespace
}  // namespace ipclab::cli
