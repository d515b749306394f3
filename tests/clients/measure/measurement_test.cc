#include "clients/cli/measure/measurement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/clients/measure/trials.h"

namespace ipclab::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Summarize, MergesHistogramsInsteadOfAveragingPercentiles) {
  const Measurement sum = SummaryOf(
      PipeSpec(), {PipeTrial({{10, 90}, {1000, 10}}, 1), PipeTrial({{20, 300}}, 1)}, std::nullopt);
  EXPECT_EQ(sum.trials, 2);
  EXPECT_EQ(sum.latency.values.count, 400);
  EXPECT_EQ(sum.latency.values.min, 10);
  EXPECT_EQ(sum.latency.values.max, 1000);
  EXPECT_EQ(sum.latency.Percentile(50), 20);
  EXPECT_EQ(sum.latency.Percentile(99), 1000);
}

TEST(Summarize, APercentileThatTooFewValuesSupportIsAbsent) {
  const Measurement sum = SummaryOf(PipeSpec(), {PipeTrial({{10, 298}}, 1)}, std::nullopt);
  EXPECT_EQ(sum.latency.Percentile(90), 10);
  EXPECT_EQ(sum.latency.Percentile(99), std::nullopt);
  EXPECT_EQ(sum.latency.NeededCount(99), 299);
}

TEST(Summarize, TrialsTogetherSupportWhatOneCannot) {
  const std::vector<v1::Experiment> trials = {PipeTrial({{10, 150}}, 1), PipeTrial({{10, 150}}, 1)};
  EXPECT_EQ(SummaryOf(PipeSpec(), trials, std::nullopt).latency.Percentile(99), 10);
}

TEST(Summarize, RatesAreTheMedianTrials) {
  const Measurement sum = SummaryOf(
      PipeSpec(), {PipeTrial({{10, 1}}, 300), PipeTrial({{10, 1}}, 100), PipeTrial({{10, 1}}, 200)},
      std::nullopt);
  EXPECT_EQ(sum.messages_per_second, 200);
  EXPECT_EQ(sum.bytes_per_second, 200 * 64);
  EXPECT_EQ(sum.cpu_nanos_per_message, 1500);
}

TEST(Summarize, ControlIsTheMedianOfAllBrackets) {
  std::vector<v1::Experiment> trials(2, PipeTrial({{10, 1}}, 1));
  trials[1].mutable_result()->set_control_before_nanos(500);
  trials[1].mutable_result()->set_control_after_nanos(130);
  EXPECT_EQ(SummaryOf(PipeSpec(), trials, std::nullopt).control_nanos, 125);
}

TEST(Summarize, OneWorkerHasNoControlAndOneCpu) {
  v1::Experiment trial = PipeTrial({{10, 1}}, 1);
  trial.mutable_workers()->RemoveLast();
  trial.mutable_result()->clear_control_before_nanos();
  trial.mutable_result()->clear_control_after_nanos();
  const Measurement sum = SummaryOf(PipeSpec(), {trial}, std::nullopt);
  EXPECT_EQ(sum.control_nanos, std::nullopt);
  EXPECT_EQ(sum.placement.policy(), v1::Placement::SAME_CPU);
}

TEST(Summarize, PlacementIsAsAchieved) {
  v1::Experiment trial = PipeTrial({{10, 1}}, 1);
  EXPECT_EQ(SummaryOf(PipeSpec(), {trial}, std::nullopt).placement.policy(),
            v1::Placement::DIFFERENT_CORES);
  trial.mutable_spec()->mutable_placement()->set_policy(v1::Placement::EXPLICIT);
  trial.mutable_workers(1)->set_cpu(0);
  const Measurement sum = SummaryOf(PipeSpec(), {trial}, std::nullopt);
  EXPECT_EQ(sum.placement.policy(), v1::Placement::SAME_CPU);
  EXPECT_THAT(sum.cpus, ElementsAre(0, 0));
}

TEST(Summarize, AStreamsLatencyIsOneWay) {
  v1::Experiment trial = PipeTrial({{10, 1}}, 1);
  trial.mutable_spec()->mutable_measure()->set_pattern(v1::Pattern::STREAM);
  v1::Latency& latency = *trial.mutable_result()->mutable_metrics()->mutable_latencies(0);
  latency.Clear();
  latency.set_kind(v1::Latency::ONE_WAY);
  latency.set_absent_reason("the clocks do not agree");
  const Measurement sum = SummaryOf(PipeSpec(), {trial}, std::nullopt);
  EXPECT_EQ(sum.latency_kind, v1::Latency::ONE_WAY);
  EXPECT_EQ(sum.latency.absent_reason, "the clocks do not agree");
  EXPECT_EQ(sum.latency.Percentile(50), std::nullopt);
  EXPECT_EQ(sum.failure, std::nullopt);
}

TEST(Summarize, EveryPatternHasTheLatencyThatItIsAbout) {
  using v1::Latency;
  using v1::Pattern;
  EXPECT_EQ(LatencyKindOf(Pattern::ROUND_TRIP), Latency::ROUND_TRIP);
  EXPECT_EQ(LatencyKindOf(Pattern::HAND_OFF), Latency::ROUND_TRIP);
  EXPECT_EQ(LatencyKindOf(Pattern::CONTENTION), Latency::ACQUIRE);
  EXPECT_EQ(LatencyKindOf(Pattern::NOTIFY), Latency::SEND_CALL);
  for (const auto pattern : {Pattern::STREAM, Pattern::FAN_IN, Pattern::FAN_OUT, Pattern::PIPELINE,
                             Pattern::BROADCAST}) {
    EXPECT_EQ(LatencyKindOf(pattern), Latency::ONE_WAY) << pattern;
  }
}

TEST(Summarize, SharesAreThoseOfTheLeastLuckyFirstWhoeverItWasInATrial) {
  std::vector<v1::Experiment> trials(2, PipeTrial({{10, 1}}, 1));
  const double shares[2][2] = {{0.2, 0.8}, {0.6, 0.4}};
  for (size_t i = 0; i < 2; ++i) {
    trials[i].mutable_spec()->mutable_measure()->set_pattern(v1::Pattern::CONTENTION);
    for (const double share : shares[i]) {
      trials[i].mutable_result()->mutable_metrics()->add_workers()->set_share(share);
    }
  }
  const Measurement sum = SummaryOf(PipeSpec(), trials, std::nullopt);
  ASSERT_EQ(sum.shares.size(), 2u);
  EXPECT_DOUBLE_EQ(sum.shares[0], 0.3);
  EXPECT_DOUBLE_EQ(sum.shares[1], 0.7);
}

TEST(Summarize, TrialsThatAreLeftOutAreInNoFigure) {
  ItemTrials done = {.trials =
                         TrialsOf({PipeTrial({{10, 300}}, 100), PipeTrial({{90, 300}}, 900)})};
  done.trials[1].left_out = "the platform moved";
  const Measurement sum = Summarize(PipeSpec(), done);
  EXPECT_EQ(sum.trials, 1);
  EXPECT_EQ(sum.runs.size(), 2u);
  EXPECT_EQ(sum.latency.values.max, 10);
  EXPECT_EQ(sum.messages_per_second, 100);
  EXPECT_EQ(sum.messages, 300);
}

TEST(Summarize, IntervalsAreOverTrialsAndNeedFive) {
  EXPECT_EQ(MeasuredAt("pipe", {10, 20, 30, 40}).intervals.p50, std::nullopt);
  const Measurement five = MeasuredAt("pipe", {10, 20, 30, 40, 50});
  ASSERT_TRUE(five.intervals.p50.has_value());
  EXPECT_LE(five.intervals.p50->low, 30);
  EXPECT_GE(five.intervals.p50->high, 30);
  EXPECT_LT(five.intervals.p50->low, five.intervals.p50->high);
  EXPECT_EQ(five.intervals.messages_per_second, (stats::Interval{1000, 1000}));
}

TEST(Summarize, SystemCallsAreThoseOfAllCensusesOverTheirMessages) {
  std::vector<v1::Experiment> trials(2, PipeTrial({{10, 1}}, 1));
  EXPECT_EQ(SummaryOf(PipeSpec(), trials, std::nullopt).system_calls_per_message, std::nullopt);
  for (const int calls : {200, 600}) {
    v1::Census& census = *trials[calls == 600].mutable_result()->mutable_census();
    census.set_messages(100);
    census.set_system_calls(calls);
  }
  EXPECT_EQ(SummaryOf(PipeSpec(), trials, std::nullopt).system_calls_per_message, 4);
}

TEST(Summarize, AFigureOverTheControlComparesAcrossHosts) {
  const Measurement sum = SummaryOf(PipeSpec(), {PipeTrial({{1100, 1}}, 1)}, std::nullopt);
  EXPECT_EQ(sum.control_nanos, 110);
  EXPECT_EQ(TimesControl(sum), 10);
  EXPECT_EQ(TimesControl(SummaryOf(PipeSpec(), {}, std::nullopt)), std::nullopt);
}

TEST(Summarize, AWarningIsKeptWithHowOftenItWasSeenAndByWhat) {
  std::vector<v1::Experiment> trials(3, PipeTrial({{10, 1}}, 1));
  for (const size_t i : {1, 2}) {
    trials[i].mutable_result()->add_warnings(v1::Result::MIGRATED);
    trials[i].mutable_result()->add_warning_details(i == 1 ? "worker 1 was on CPU 0" : "later");
  }
  const Measurement sum = SummaryOf(PipeSpec(), trials, std::nullopt);
  EXPECT_EQ(sum.sightings.at(v1::Result::MIGRATED).trials, 2);
  EXPECT_EQ(sum.sightings.at(v1::Result::MIGRATED).detail, "worker 1 was on CPU 0");
}

TEST(Summarize, WarningsOfAllTrialsComeOnce) {
  std::vector<v1::Experiment> trials(2, PipeTrial({{10, 1}}, 1));
  trials[0].mutable_result()->add_warnings(v1::Result::MIGRATED);
  trials[1].mutable_result()->add_warnings(v1::Result::MIGRATED);
  trials[1].mutable_result()->add_warnings(v1::Result::SAME_CPU);
  EXPECT_THAT(SummaryOf(PipeSpec(), trials, std::nullopt).warnings,
              ElementsAre(v1::Result::SAME_CPU, v1::Result::MIGRATED));
}

TEST(Summarize, MessagesThatWereLostOrSpoiltFailTheCheck) {
  std::vector<v1::Experiment> trials(2, PipeTrial({{10, 50}}, 1));
  trials[0].mutable_result()->mutable_metrics()->mutable_total()->set_lost(2);
  trials[1].mutable_result()->mutable_metrics()->mutable_total()->set_corrupted(1);
  const Measurement sum = SummaryOf(PipeSpec(), trials, std::nullopt);
  EXPECT_EQ(sum.lost, 2);
  ASSERT_TRUE(sum.failure.has_value());
  EXPECT_EQ(sum.failure->exit_code, ExitCode::kCheckFailed);
  EXPECT_EQ(sum.failure->message, "of 100 messages, 2 lost, 1 corrupted");
}

TEST(Summarize, WithoutATrialTheSpecIsWhatWasAskedFor) {
  const Failure failure = {.message = "no"};
  const Measurement sum = SummaryOf(PipeSpec(), {}, failure);
  EXPECT_EQ(sum.trials, 0);
  EXPECT_EQ(sum.spec.mechanism(), "pipe");
  EXPECT_EQ(sum.messages_per_second, std::nullopt);
  EXPECT_EQ(sum.failure, failure);
}

TEST(Summarize, AMalformedHistogramIsAFailureAndNoFigure) {
  v1::Experiment trial = PipeTrial({{10, 1}}, 1);
  trial.mutable_result()->mutable_metrics()->mutable_latencies(0)->mutable_histogram()->set_indexes(
      0, -1);
  const Measurement sum = SummaryOf(PipeSpec(), {trial}, std::nullopt);
  ASSERT_TRUE(sum.failure.has_value());
  EXPECT_THAT(sum.failure->message, HasSubstr("histogram"));
}

TEST(HistogramOf, RefusesBucketsThatCannotBe) {
  const auto with = [](const std::vector<int>& indexes, const std::vector<int64_t>& counts) {
    v1::Latency latency;
    latency.mutable_histogram()->mutable_indexes()->Add(indexes.begin(), indexes.end());
    latency.mutable_histogram()->mutable_counts()->Add(counts.begin(), counts.end());
    return HistogramOf(latency).ok();
  };
  EXPECT_TRUE(with({1, 2}, {1, 1}));
  EXPECT_FALSE(with({2, 1}, {1, 1}));
  EXPECT_FALSE(with({1, 1}, {1, 1}));
  EXPECT_FALSE(with({1}, {1, 1}));
  EXPECT_FALSE(with({1}, {0}));
  EXPECT_FALSE(with({HistogramLayout::kCounts}, {1}));
}

}  // namespace
}  // namespace ipclab::cli
