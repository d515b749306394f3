#include "clients/cli/measure/measurement_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "clients/cli/measure/comparing.h"
#include "tests/clients/measure/trials.h"

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Measurement PipeMeasurement() {
  return SummaryOf(PipeSpec(), {PipeTrial({{900, 290}, {2000, 10}}, 25'641)}, std::nullopt);
}

std::string Report(const std::vector<Measurement>& measurements, int trials = 1) {
  return MeasurementReport(measurements, trials, "1s", {});
}

// Without the line breaks of running text.
std::string OnOneLine(const std::string& report) {
  return absl::StrReplaceAll(report, {{"\n  ", " "}, {"\n", " "}});
}

TEST(MeasurementReport, SaysHowItWasMeasured) {
  const std::string report = Report({PipeMeasurement()});
  EXPECT_THAT(report,
              HasSubstr("round_trip, placement different_cores (CPUs 0 and 1), wait block, 1 trial "
                        "of 1s. Latency is the\nwhole round trip: from before"));
  EXPECT_THAT(report, HasSubstr("control: the median round trip of one cache line"));
}

TEST(MeasurementReport, ShowsEachFigureInItsUnit) {
  const std::string report = Report({PipeMeasurement()});
  EXPECT_THAT(report, HasSubstr("pipe        64 B  900 ns  900 ns  2.00 us      -  2.00 us"));
  EXPECT_THAT(report, HasSubstr("25.6 k"));
  EXPECT_THAT(report, HasSubstr("1.64 MB"));
  EXPECT_THAT(report, HasSubstr("1.50 us"));
}

TEST(MeasurementReport, SaysWhatAMissingPercentileNeeds) {
  EXPECT_THAT(Report({PipeMeasurement()}),
              HasSubstr("! p99.9 needs 2995 values and there are 300\n"));
}

TEST(MeasurementReport, ShowsP9999WhereThereIsOne) {
  EXPECT_THAT(Report({PipeMeasurement()}), Not(HasSubstr("p99.99")));
  EXPECT_THAT(Report({SummaryOf(PipeSpec(), {PipeTrial({{900, 30'000}}, 1)}, std::nullopt)}),
              HasSubstr("p99.9  p99.99"));
}

TEST(MeasurementReport, NoLineIsWiderThanTheTerminal) {
  const std::string report = MeasurementReport({PipeMeasurement(), PipeMeasurement()}, 1, "1s",
                                               {.interactive = true, .width = 80});
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(report, '\n'))) {
    EXPECT_LE(ColumnsOf(line), 80u) << line;
  }
  EXPECT_THAT(report, HasSubstr("CPU/message"));
}

TEST(MeasurementReport, AFailedRowSaysWhyAndTheOthersGoOn) {
  v1::ExperimentSpec spec = PipeSpec();
  spec.mutable_measure()->set_mechanism("fifo");
  const Measurement failed = SummaryOf(
      spec, {},
      Failure{.exit_code = ExitCode::kCheckFailed, .kind = "SIGNAL", .message = "worker 1 died"});
  const std::string report = Report({failed, PipeMeasurement()});
  EXPECT_THAT(report, HasSubstr("fifo        64 B  failed: worker 1 died\n"));
  EXPECT_THAT(report, HasSubstr("pipe        64 B  900 ns"));
}

TEST(MeasurementReport, WhereAllFailedThereIsNoTable) {
  const Failure failure = {
      .kind = "REFUSED", .message = "a: is 0; b: is 1", .violations = {"a: is 0", "b: is 1"}};
  EXPECT_EQ(Report({SummaryOf(PipeSpec(), {}, failure)}),
            "pipe 64 B refused: a: is 0\n  b: is 1\n");
}

TEST(MeasurementReport, LostMessagesAreBesideTheFiguresAndInWords) {
  v1::Experiment trial = PipeTrial({{900, 300}}, 1);
  trial.mutable_result()->mutable_metrics()->mutable_total()->set_lost(7);
  const std::string report = Report({SummaryOf(PipeSpec(), {trial}, std::nullopt)});
  EXPECT_THAT(report, HasSubstr("    7\n"));
  EXPECT_THAT(report, HasSubstr("! of 300 messages, 7 lost\n"));
}

TEST(MeasurementReport, WarningsAreWords) {
  v1::Experiment trial = PipeTrial({{900, 3000}}, 1);
  trial.mutable_result()->add_warnings(v1::Result::SAME_CPU);
  const std::string report = Report({SummaryOf(PipeSpec(), {trial}, std::nullopt)});
  EXPECT_THAT(report, HasSubstr("! workers shared a CPU"));
  EXPECT_THAT(report, Not(HasSubstr("SAME_CPU")));
}

TEST(MeasurementReport, TrialsThatAreMissingAreTold) {
  EXPECT_THAT(Report({PipeMeasurement()}, 3), HasSubstr("! only 1 of the trials done"));
}

v1::Experiment TrialOf(v1::Pattern::Kind pattern, v1::MeasureSpec::Wait wait) {
  v1::Experiment trial = PipeTrial({{900, 300}}, 25'641);
  trial.mutable_spec()->mutable_measure()->set_pattern(pattern);
  trial.mutable_spec()->mutable_measure()->set_wait(wait);
  return trial;
}

Measurement MeasuredBy(v1::Pattern::Kind pattern, v1::MeasureSpec::Wait wait) {
  const v1::Experiment trial = TrialOf(pattern, wait);
  return SummaryOf(trial.spec(), {trial}, std::nullopt);
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
                                     SummaryOf(stream.spec(), {}, failure)});
  EXPECT_THAT(report, HasSubstr("stream failed: worker 1 died\n"));
  EXPECT_THAT(report, HasSubstr("pipe        64 B    900 ns"));
}

TEST(MeasurementReport, WaysToWaitAreAColumnWhereThereAreSeveral) {
  const std::string report =
      Report({MeasuredBy(v1::Pattern::ROUND_TRIP, v1::MeasureSpec::BLOCK),
              MeasuredBy(v1::Pattern::ROUND_TRIP, v1::MeasureSpec::SPIN_THEN_BLOCK)});
  EXPECT_THAT(report, HasSubstr("wait block and spin_then_block, 1 trial"));
  EXPECT_THAT(report, HasSubstr("pipe        64 B  spin_then_block  900 ns"));
  EXPECT_THAT(Report({PipeMeasurement()}), Not(HasSubstr("bytes  wait")));
}

TEST(MeasurementReport, SpinningOnOneCpuIsWarnedOf) {
  v1::Experiment trial = TrialOf(v1::Pattern::ROUND_TRIP, v1::MeasureSpec::SPIN);
  trial.mutable_result()->add_warnings(v1::Result::SPIN_ON_ONE_CPU);
  EXPECT_THAT(Report({SummaryOf(trial.spec(), {trial}, std::nullopt)}),
              HasSubstr("! workers spun on a CPU that they shared"));
}

TEST(MeasurementReport, LossesOfWhatMayLoseAreANoteAndNoFailure) {
  v1::Experiment trial = PipeTrial({{900, 300}}, 1);
  trial.mutable_result()->mutable_metrics()->mutable_total()->set_lost(7);
  const Measurement sum = SummaryOf(PipeSpec(), {trial}, std::nullopt, /*may_lose=*/true);
  EXPECT_FALSE(sum.failure.has_value());
  EXPECT_THAT(Report({sum}), HasSubstr("! of 307 messages, 7 lost, as this mechanism may\n"));
}

// One second of mutex by three workers; hand-offs only where there are some.
v1::Experiment MutexTrial(const std::vector<std::pair<int64_t, int64_t>>& hand_offs) {
  v1::Experiment trial = PipeTrial({{900, 300}}, 25'641);
  v1::MeasureSpec& measure = *trial.mutable_spec()->mutable_measure();
  measure.set_mechanism("mutex");
  measure.set_message_bytes(0);
  measure.set_pattern(v1::Pattern::CONTENTION);
  measure.set_workers(3);
  trial.add_workers()->set_cpu(0);
  v1::Metrics& metrics = *trial.mutable_result()->mutable_metrics();
  metrics.mutable_latencies(0)->set_kind(v1::Latency::ACQUIRE);
  if (!hand_offs.empty()) {
    *metrics.add_latencies() = LatencyOf(hand_offs);
    metrics.mutable_latencies(1)->set_kind(v1::Latency::HAND_OFF);
  }
  for (const double share : {0.5, 0.2, 0.3}) metrics.add_workers()->set_share(share);
  return trial;
}

TEST(MeasurementReport, ContentionShowsTheHandOffAndTheSharesAndNoSize) {
  const v1::Experiment trial = MutexTrial({{70, 10}});
  const std::string report = Report({SummaryOf(trial.spec(), {trial}, std::nullopt)});
  EXPECT_THAT(report,
              HasSubstr("contention, 3 workers, placement different_cores (CPUs 0 and 1), wait"));
  EXPECT_THAT(report,
              HasSubstr("max  hand-off   shares  acquires/s  CPU/acquire  control  x control"
                        "  acquires\n"));
  EXPECT_THAT(report, HasSubstr("900 ns     70 ns  20..50%      25.6 k"));
  EXPECT_THAT(report, HasSubstr("mutex          -  900 ns"));
  EXPECT_THAT(report, Not(HasSubstr("bytes/s")));
}

TEST(MeasurementReport, SeveralPatternsHaveATableEachThatSaysWhatItTimes) {
  const v1::Experiment mutex = MutexTrial({{70, 10}});
  const std::string report =
      Report({PipeMeasurement(), SummaryOf(mutex.spec(), {mutex}, std::nullopt)});
  EXPECT_THAT(report, HasSubstr("round_trip and contention, placement"));
  EXPECT_THAT(report, HasSubstr("\nround_trip\nLatency is the whole round trip"));
  EXPECT_THAT(report, HasSubstr("\ncontention\nLatency is the acquire"));
}

TEST(MeasurementReport, WhatWasOfferedIsBesideWhatWasAchieved) {
  v1::Experiment trial = TrialOf(v1::Pattern::FAN_IN, v1::MeasureSpec::BLOCK);
  v1::MeasureSpec& measure = *trial.mutable_spec()->mutable_measure();
  measure.set_senders(4);
  measure.set_receivers(1);
  measure.mutable_load()->set_per_second(10'000);
  trial.mutable_result()->add_warnings(v1::Result::BEHIND_SCHEDULE);
  const std::string report = Report({SummaryOf(trial.spec(), {trial}, std::nullopt)});
  EXPECT_THAT(report, HasSubstr("fan_in, 4 to 1, open loop, 10.0 k/s of each sender, placement"));
  EXPECT_THAT(report, HasSubstr("from when the message was due until after"));
  EXPECT_THAT(report, HasSubstr("offered/s  messages/s"));
  EXPECT_THAT(report, HasSubstr("40.0 k      25.6 k"));
  EXPECT_THAT(report, HasSubstr("! behind schedule"));
}

TEST(MeasurementReport, MergedNotificationsAreAPartOfWhatWasSent) {
  v1::Experiment trial = TrialOf(v1::Pattern::NOTIFY, v1::MeasureSpec::BLOCK);
  trial.mutable_spec()->mutable_measure()->set_message_bytes(0);
  trial.mutable_result()->mutable_metrics()->mutable_total()->set_coalesced(100);
  trial.mutable_result()->mutable_metrics()->mutable_latencies(0)->set_kind(v1::Latency::SEND_CALL);
  const std::string report = Report({SummaryOf(trial.spec(), {trial}, std::nullopt)});
  EXPECT_THAT(report, HasSubstr("wake-ups/s  merged  CPU/wake-up"));
  EXPECT_THAT(report, HasSubstr("25%"));
}

const std::vector<int64_t> kTenTrials = {900, 901, 902, 903, 904, 905, 906, 907, 908, 909};
const std::vector<int64_t> kTenSlower = {1800, 1801, 1802, 1803, 1804,
                                         1805, 1806, 1807, 1808, 1809};

TEST(MeasurementReport, TheMedianTrialHasAnIntervalOfItsOwn) {
  const std::string report = Report({MeasuredAt("pipe", {900, 910, 920, 930, 940})}, 5);
  EXPECT_THAT(report, HasSubstr("p50      p50 95%"));
  EXPECT_THAT(report, HasSubstr("920 ns  900..940 ns"));
  EXPECT_THAT(Report({PipeMeasurement()}), Not(HasSubstr("95%"))) << "one trial has none";
}

TEST(MeasurementReport, TheOrderCanBeHadAgainByItsSeed) {
  std::vector<Measurement> both = {PipeMeasurement(), MeasuredAt("fifo", {900})};
  both[0].seed = both[1].seed = 4711;
  EXPECT_THAT(OnOneLine(Report(both)),
              HasSubstr("1 trial of 1s each, in random order (--seed 4711)"));
}

TEST(MeasurementReport, MultiplesOfControlAndSystemCallsAreBesideTheFigures) {
  v1::Experiment trial = PipeTrial({{2200, 300}}, 1);
  trial.mutable_result()->mutable_census()->set_messages(100);
  trial.mutable_result()->mutable_census()->set_system_calls(425);
  const std::string report = Report({SummaryOf(PipeSpec(), {trial}, std::nullopt)});
  EXPECT_THAT(report, HasSubstr("CPU/message  calls/message  control  x control  messages"));
  EXPECT_THAT(report, HasSubstr("1.50 us           4.25   110 ns         20       300"));
}

TEST(MeasurementReport, AComparisonIsRatioAndVerdictBesideTheFigure) {
  std::vector<Measurement> both = {MeasuredAt("pipe", kTenTrials), MeasuredAt("fifo", kTenSlower)};
  CompareAll(both, CompareBy::kOwn, 0);
  const std::string report = Report(both, 10);
  EXPECT_THAT(report, HasSubstr("-  (reference)"));
  EXPECT_THAT(report, HasSubstr("2.00 (1.99..2.00)  slower"));
  EXPECT_THAT(report, HasSubstr("ratio: to the p50 of pipe 64 B"));
  EXPECT_THAT(report, HasSubstr("differs by less than 5% is no"));
}

TEST(MeasurementReport, TooFewTrialsToCompareAreToldWithWhatToDo) {
  std::vector<Measurement> both = {MeasuredAt("pipe", {900, 901}),
                                   MeasuredAt("fifo", {1800, 1801})};
  CompareAll(both, CompareBy::kOwn, 0);
  const std::string report = Report(both, 2);
  EXPECT_THAT(report, HasSubstr("too few trials"));
  EXPECT_THAT(report, HasSubstr("! fifo 64 B: too few trials: no outcome of so few could show"));
  EXPECT_THAT(report, HasSubstr("--trials 10"));
}

TEST(MeasurementReport, LocksAreComparedByWhatTheyCount) {
  v1::Experiment mutex = MutexTrial({});
  v1::Experiment other = mutex;
  other.mutable_spec()->mutable_measure()->set_mechanism("futex_lock");
  std::vector<Measurement> both = {
      SummaryOf(mutex.spec(), std::vector<v1::Experiment>(10, mutex), std::nullopt),
      SummaryOf(other.spec(), std::vector<v1::Experiment>(10, other), std::nullopt)};
  CompareAll(both, CompareBy::kCpu, 0);
  const std::string report = Report(both, 10);
  EXPECT_THAT(report, HasSubstr("bytes  CPU/acquire    "));
  EXPECT_THAT(report, HasSubstr("ratio: to the CPU/acquire of mutex"));
  EXPECT_THAT(report, Not(HasSubstr("CPU/message")));
}

TEST(MeasurementReport, WhatDiffersFromItselfIsARemark) {
  std::vector<Measurement> one = {MeasuredAt("pipe", kTenTrials)};
  CompareTwins(one, {MeasuredAt("pipe", kTenTrials)}, CompareBy::kOwn);
  EXPECT_THAT(Report(one, 10), Not(HasSubstr("not steady")));
  CompareTwins(one, {MeasuredAt("pipe", kTenSlower)}, CompareBy::kOwn);
  EXPECT_THAT(OnOneLine(Report(one, 10)),
              HasSubstr("! the platform is not steady: pipe 64 B against itself differs"));
}

TEST(MeasurementReport, RowsOfAnotherPlatformAreComparedWithARemark) {
  std::vector<Measurement> both = {MeasuredAt("pipe", kTenTrials), MeasuredAt("fifo", kTenSlower)};
  both[1].control_nanos = *both[0].control_nanos * 124 / 100;
  CompareAll(both, CompareBy::kOwn, 0);
  EXPECT_THAT(Report(both, 10), Not(HasSubstr("was not the same")));
  both[1].control_nanos = *both[0].control_nanos * 127 / 100;
  CompareAll(both, CompareBy::kOwn, 0);
  EXPECT_THAT(OnOneLine(Report(both, 10)),
              HasSubstr("! fifo 64 B: the platform was not the same as for pipe 64 B: their "
                        "controls differ by more than 25%; compare x control"));
}

TEST(MeasurementReport, HowFarEachIsFromItselfIsALineOfItsOwn) {
  std::vector<Measurement> one = {MeasuredAt("pipe", kTenTrials)};
  CompareTwins(one, {MeasuredAt("pipe", kTenTrials)}, CompareBy::kOwn);
  EXPECT_THAT(
      Report(one, 10),
      HasSubstr("- pipe 64 B: p50 1.00 (1.00..1.00), 0 ns (-4.00..4.00 ns): no difference"));
}

TEST(MeasurementReport, TheLabsOwnFloorIsOneLine) {
  std::vector<Measurement> both = {PipeMeasurement(), PipeMeasurement()};
  both[1].spec.set_message_bytes(4096);
  both[0].floor_nanos = both[1].floor_nanos = 20;
  EXPECT_THAT(Report(both), HasSubstr("the lab's own floor: `null`, which moves nothing, had a p50 "
                                      "of 20 ns (64 B, 4 KiB)"));
}

TEST(MeasurementReport, TrialsThatAreLeftOutAreShownWithTheReason) {
  ItemTrials done = {.trials = TrialsOf({PipeTrial({{900, 300}}, 1), PipeTrial({{5000, 300}}, 1)})};
  done.trials[1].left_out = "the control moved from 110 ns to 500 ns while it ran";
  const std::string report = Report({Summarize(PipeSpec(), done)}, 2);
  EXPECT_THAT(report, HasSubstr("! only 1 of 2 trials can be used, even though 2 were run"));
  EXPECT_THAT(report, HasSubstr("! 1 of 2 trials is in no figure (trial 2: the control moved from "
                                "110 ns to 500 ns"));
  EXPECT_THAT(report, Not(HasSubstr("5.00 us")));
}

TEST(MeasurementReport, WhatIsLeftOutOfManyRowsIsOneRemark) {
  ItemTrials done = {.trials = TrialsOf({PipeTrial({{900, 300}}, 1), PipeTrial({{5000, 300}}, 1)})};
  done.trials[1].left_out = "the control moved";
  const std::vector<Measurement> rows(5, Summarize(PipeSpec(), done));
  const std::string report = OnOneLine(Report(rows));
  EXPECT_THAT(report, HasSubstr("! 5 trials of 5 rows are in no figure: the control moved by"));
  EXPECT_THAT(report, Not(HasSubstr("trial 2: the control moved")));
}

TEST(MeasurementReport, LossIsAColumnWhereThereIsAny) {
  v1::Experiment trial = PipeTrial({{900, 300}}, 1);
  EXPECT_THAT(Report({SummaryOf(PipeSpec(), {trial}, std::nullopt)}),
              HasSubstr("Nothing was lost."));
  trial.mutable_result()->mutable_metrics()->mutable_total()->set_lost(7);
  const std::string report = Report({SummaryOf(PipeSpec(), {trial}, std::nullopt)});
  EXPECT_THAT(report, HasSubstr("messages  lost\n"));
  EXPECT_THAT(report, Not(HasSubstr("Nothing was lost")));
}

TEST(MeasurementReport, AWarningSaysWhereItWasSeenAndWhatToDo) {
  std::vector<v1::Experiment> trials(2, PipeTrial({{900, 3000}}, 1));
  trials[1].mutable_result()->add_warnings(v1::Result::MEMORY_NOT_LOCKED);
  trials[1].mutable_result()->add_warning_details("worker 0: mlock refused 8 MiB");
  EXPECT_THAT(
      OnOneLine(Report({SummaryOf(PipeSpec(), trials, std::nullopt)}, 2)),
      HasSubstr("! memory could not be locked, so it may have been paged in under the clock "
                "(1 of 2 trials: worker 0: mlock refused 8 MiB); raise the limit"));
}

TEST(KeptText, NamesTheExperimentsOfEachRow) {
  v1::Experiment trial = PipeTrial({{900, 300}}, 1);
  trial.set_name("experiments/measure-1");
  Measurement measurement = SummaryOf(PipeSpec(), {trial}, std::nullopt);
  EXPECT_EQ(KeptText({measurement}, {}), "");
  measurement.kept = true;
  EXPECT_THAT(KeptText({measurement}, {}), HasSubstr("- pipe 64 B: measure-1\n"));
}

TEST(LeftOutText, NamesEachWithItsReason) {
  EXPECT_EQ(LeftOutText({}, {}), "");
  EXPECT_THAT(LeftOutText({{"dbus", "install it"}}, {}), HasSubstr("- dbus: install it\n"));
}

TEST(MeasurementReport, NothingMeasuredIsNothingSaid) { EXPECT_EQ(Report({}), ""); }

}  // namespace
}  // namespace ipclab::cli
