#include "clients/cli/measurement_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "tests/clients/trials.h"

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Measurement Pipe() {
  return Summarize(PipeSpec(), {PipeTrial({{900, 290}, {2000, 10}}, 25'641)}, std::nullopt);
}

std::string Report(const std::vector<Measurement>& measurements, int trials = 1) {
  return MeasurementReport(measurements, trials, "1s", {});
}

TEST(MeasurementReport, SaysHowItWasMeasured) {
  const std::string report = Report({Pipe()});
  EXPECT_THAT(report,
              HasSubstr("round_trip, placement different_cores (CPUs 0 and 1), wait block, 1 trial "
                        "of 1s. Latency is the\nwhole round trip: from before"));
  EXPECT_THAT(report, HasSubstr("control: the median round trip of one cache line"));
}

TEST(MeasurementReport, ShowsEachFigureInItsUnit) {
  const std::string report = Report({Pipe()});
  EXPECT_THAT(report, HasSubstr("pipe        64 B  900 ns  900 ns  2.00 us      -  2.00 us"));
  EXPECT_THAT(report, HasSubstr("25.6 k"));
  EXPECT_THAT(report, HasSubstr("1.64 MB"));
  EXPECT_THAT(report, HasSubstr("1.50 us"));
}

TEST(MeasurementReport, SaysWhatAMissingPercentileNeeds) {
  EXPECT_THAT(Report({Pipe()}), HasSubstr("! p99.9 needs 2995 values and there are 300\n"));
}

TEST(MeasurementReport, NoLineIsWiderThanTheTerminal) {
  const std::string report =
      MeasurementReport({Pipe(), Pipe()}, 1, "1s", {.interactive = true, .width = 80});
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(report, '\n'))) {
    EXPECT_LE(ColumnsOf(line), 80u) << line;
  }
  EXPECT_THAT(report, HasSubstr("CPU/message"));
}

TEST(MeasurementReport, AFailedRowSaysWhyAndTheOthersGoOn) {
  v1::ExperimentSpec spec = PipeSpec();
  spec.mutable_measure()->set_mechanism("fifo");
  const Measurement failed = Summarize(
      spec, {},
      Failure{.exit_code = ExitCode::kCheckFailed, .kind = "SIGNAL", .message = "worker 1 died"});
  const std::string report = Report({failed, Pipe()});
  EXPECT_THAT(report, HasSubstr("fifo        64 B  failed: worker 1 died\n"));
  EXPECT_THAT(report, HasSubstr("pipe        64 B  900 ns"));
}

TEST(MeasurementReport, WhereAllFailedThereIsNoTable) {
  const Failure failure = {
      .kind = "REFUSED", .message = "a: is 0; b: is 1", .violations = {"a: is 0", "b: is 1"}};
  EXPECT_EQ(Report({Summarize(PipeSpec(), {}, failure)}),
            "pipe 64 B refused: a: is 0\n  b: is 1\n");
}

TEST(MeasurementReport, LostMessagesAreBesideTheFiguresAndInWords) {
  v1::Experiment trial = PipeTrial({{900, 300}}, 1);
  trial.mutable_result()->mutable_metrics()->mutable_total()->set_lost(7);
  const std::string report = Report({Summarize(PipeSpec(), {trial}, std::nullopt)});
  EXPECT_THAT(report, HasSubstr("    7\n"));
  EXPECT_THAT(report, HasSubstr("! of 300 messages, 7 lost\n"));
}

TEST(MeasurementReport, WarningsAreWords) {
  v1::Experiment trial = PipeTrial({{900, 3000}}, 1);
  trial.mutable_result()->add_warnings(v1::Result::SAME_CPU);
  const std::string report = Report({Summarize(PipeSpec(), {trial}, std::nullopt)});
  EXPECT_THAT(report, HasSubstr("! both workers ran on one CPU"));
  EXPECT_THAT(report, Not(HasSubstr("SAME_CPU")));
}

TEST(MeasurementReport, TrialsThatAreMissingAreTold) {
  EXPECT_THAT(Report({Pipe()}, 3), HasSubstr("! only 1 of the trials done"));
}

v1::Experiment TrialOf(v1::Pattern::Kind pattern, v1::MeasureSpec::Wait wait) {
  v1::Experiment trial = PipeTrial({{900, 300}}, 25'641);
  trial.mutable_spec()->mutable_measure()->set_pattern(pattern);
  trial.mutable_spec()->mutable_measure()->set_wait(wait);
  return trial;
}

Measurement MeasuredBy(v1::Pattern::Kind pattern, v1::MeasureSpec::Wait wait) {
  const v1::Experiment trial = TrialOf(pattern, wait);
  return Summarize(trial.spec(), {trial}, std::nullopt);
}

TEST(MeasurementReport, RoundTripsAndStreamsAreBesideEachOther) {
  const std::string report = Report({MeasuredBy(v1::Pattern::ROUND_TRIP, v1::MeasureSpec::BLOCK),
                                     MeasuredBy(v1::Pattern::STREAM, v1::MeasureSpec::BLOCK)});
  EXPECT_THAT(report, HasSubstr("round_trip and stream, placement"));
  EXPECT_THAT(report, HasSubstr("trip p50  trip p99      CPU  stream/s  bytes/s      CPU\n"));
  EXPECT_THAT(report,
              HasSubstr("pipe        64 B    900 ns    900 ns  1.50 us    25.6 k  1.64 MB"));
}

TEST(MeasurementReport, OfTwoPatternsTheOneThatFailedSaysWhy) {
  const v1::Experiment stream = TrialOf(v1::Pattern::STREAM, v1::MeasureSpec::BLOCK);
  const Failure failure = {.exit_code = ExitCode::kCheckFailed, .message = "worker 1 died"};
  const std::string report = Report({MeasuredBy(v1::Pattern::ROUND_TRIP, v1::MeasureSpec::BLOCK),
                                     Summarize(stream.spec(), {}, failure)});
  EXPECT_THAT(report, HasSubstr("stream failed: worker 1 died\n"));
  EXPECT_THAT(report, HasSubstr("pipe        64 B    900 ns"));
}

TEST(MeasurementReport, WaysToWaitAreAColumnWhereThereAreSeveral) {
  const std::string report =
      Report({MeasuredBy(v1::Pattern::ROUND_TRIP, v1::MeasureSpec::BLOCK),
              MeasuredBy(v1::Pattern::ROUND_TRIP, v1::MeasureSpec::SPIN_THEN_BLOCK)});
  EXPECT_THAT(report, HasSubstr("wait block and spin_then_block, 1 trial"));
  EXPECT_THAT(report, HasSubstr("pipe        64 B  spin_then_block  900 ns"));
  EXPECT_THAT(Report({Pipe()}), Not(HasSubstr("bytes  wait")));
}

TEST(MeasurementReport, SpinningOnOneCpuIsWarnedOf) {
  v1::Experiment trial = TrialOf(v1::Pattern::ROUND_TRIP, v1::MeasureSpec::SPIN);
  trial.mutable_result()->add_warnings(v1::Result::SAME_CPU);
  EXPECT_THAT(Report({Summarize(trial.spec(), {trial}, std::nullopt)}),
              HasSubstr("! both workers spun on one CPU"));
}

TEST(MeasurementReport, LossesOfWhatMayLoseAreANoteAndNoFailure) {
  v1::Experiment trial = PipeTrial({{900, 300}}, 1);
  trial.mutable_result()->mutable_metrics()->mutable_total()->set_lost(7);
  const Measurement sum = Summarize(PipeSpec(), {trial}, std::nullopt, /*may_lose=*/true);
  EXPECT_FALSE(sum.failure.has_value());
  EXPECT_THAT(Report({sum}), HasSubstr("! of 307 messages, 7 lost, as this mechanism may\n"));
}

TEST(LeftOutText, NamesEachWithItsReason) {
  EXPECT_EQ(LeftOutText({}, {}), "");
  EXPECT_THAT(LeftOutText({{"dbus", "install it"}}, {}), HasSubstr("- dbus: install it\n"));
}

TEST(MeasurementReport, NothingMeasuredIsNothingSaid) { EXPECT_EQ(Report({}), ""); }

}  // namespace
}  // namespace ipclab::cli
