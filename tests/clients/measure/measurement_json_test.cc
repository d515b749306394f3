#include "clients/cli/measure/measurement_json.h"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "clients/cli/measure/comparing.h"
#include "tests/clients/measure/trials.h"

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(MeasurementJson, HasTheDocumentedKeysInTheirOrder) {
  v1::Experiment trial = PipeTrial({{10, 200}, {1000, 100}}, 2500.5);
  trial.mutable_result()->add_warnings(v1::Result::MIGRATED);
  trial.mutable_result()->clear_environment();
  Measurement measurement = SummaryOf(PipeSpec(), {trial}, std::nullopt);
  measurement.seed = 7;
  measurement.floor_nanos = 20;
  measurement.runs.clear();
  EXPECT_EQ(MeasurementJson(measurement),
            R"({"mechanism":"pipe","messageBytes":64,"pattern":"ROUND_TRIP",)"
            R"("placement":"DIFFERENT_CORES","wait":"BLOCK","trials":1,"latencyKind":"ROUND_TRIP",)"
            R"("latencyNanos":{"count":300,"min":10,"p50":10,"p90":1000,"p99":1000,"p999":null,)"
            R"("p9999":null,"max":1000},"messagesPerSecond":2500.5,"bytesPerSecond":160032,)"
            R"("cpuNanosPerMessage":1500,"messages":300,"lost":0,"controlNanos":110,)"
            R"("options":{},"warnings":["MIGRATED"],)"
            R"("environment":null,"seed":"7","intervals":{},)"
            R"("percentileIntervals":{"p50":[10,10],"p90":[1000,1000]},)"
            R"("timesControl":0.09090909090909091,"floorNanos":20,)"
            R"("histogram":{"indexes":[10,1000],"counts":[200,100],"minNanos":10,"maxNanos":1000},)"
            R"("trialResults":[]})");
}

TEST(MeasurementJson, WhatEachTrialWasToBeIsSaid) {
  v1::Experiment trial = PipeTrial({{10, 40'000}}, 1);
  v1::MeasureSpec& measure = *trial.mutable_spec()->mutable_measure();
  (*measure.mutable_options())["capacity"] = "65536";
  (*measure.mutable_options())["a"] = "b";
  measure.set_verify_payload(true);
  measure.mutable_duration()->set_nanos(300'000'000);
  Measurement measurement = SummaryOf(PipeSpec(), {trial}, std::nullopt);
  measurement.trials_asked = 3;
  measurement.interrupted = true;
  std::string json = MeasurementJson(measurement);
  EXPECT_THAT(json, HasSubstr(R"("options":{"a":"b","capacity":"65536"},"verify":true,)"
                              R"("durationNanos":300000000,"trialsAsked":3,"interrupted":true,)"));
  EXPECT_THAT(json, HasSubstr(R"("p999":10,"p9999":10,"max":10})"));
  EXPECT_THAT(json, HasSubstr(R"("p9999":[10,10]})"));
  measurement.spec.set_messages(500);
  json = MeasurementJson(measurement);
  EXPECT_THAT(json, HasSubstr(R"("messagesPerTrial":500,)"));
  EXPECT_THAT(json, Not(HasSubstr("durationNanos")));
}

TEST(MeasurementJson, ExperimentsThatAreKeptAreNamed) {
  v1::Experiment trial = PipeTrial({{10, 300}}, 1);
  trial.set_name("experiments/measure-1");
  Measurement measurement = SummaryOf(PipeSpec(), {trial}, std::nullopt);
  EXPECT_THAT(MeasurementJson(measurement), Not(HasSubstr("experiments")));
  measurement.kept = true;
  EXPECT_THAT(MeasurementJson(measurement),
              HasSubstr(R"("experiments":["experiments/measure-1"],"warnings")"));
}

TEST(MeasurementJson, FiveTrialsHaveIntervals) {
  const std::string json = MeasurementJson(MeasuredAt("pipe", {100, 110, 120, 130, 140}));
  EXPECT_THAT(json, HasSubstr(R"("intervals":{"p50":[100,140],"p99":[100,140],)"));
}

TEST(MeasurementJson, EveryTrialIsThereWithWhatWasSeenAroundIt) {
  v1::Experiment first = PipeTrial({{10, 300}}, 2500.5);
  v1::Result& result = *first.mutable_result();
  result.set_drift(0.01);
  result.mutable_warm_up()->set_messages(5000);
  result.mutable_warm_up()->mutable_elapsed()->set_nanos(7);
  result.mutable_warm_up()->set_steady(true);
  result.mutable_warm_up()->add_window_nanos(12);
  result.mutable_census()->set_messages(100);
  result.mutable_census()->set_system_calls(400);
  result.mutable_host_load()->set_hiccups(3);
  result.mutable_metrics()->mutable_total()->set_voluntary_switches(600);
  v1::Slice& slice = *result.add_slices();
  slice.mutable_length()->set_nanos(100);
  slice.set_messages(300);
  slice.mutable_histogram()->add_indexes(10);
  slice.mutable_histogram()->add_counts(300);
  v1::Experiment second = PipeTrial({{20, 300}}, 1);
  second.mutable_result()->set_control_after_nanos(500);
  ItemTrials done = {.trials = TrialsOf({first, second})};
  done.trials[1].left_out = "the control moved";
  const std::string json = MeasurementJson(Summarize(PipeSpec(), done));
  EXPECT_THAT(json, HasSubstr(R"("trials":1,)"));
  EXPECT_THAT(json, HasSubstr(R"("systemCallsPerMessage":4,)"));
  EXPECT_THAT(json,
              HasSubstr(R"("trialResults":[{"trial":1,"position":1,"used":true,"why":"",)"
                        R"("warnings":[],"warningDetails":[],"count":300,"p50":10,"p99":10,)"
                        R"("max":10,"messagesPerSecond":2500.5,"cpuNanosPerMessage":1500,)"
                        R"("controlBeforeNanos":100,"controlAfterNanos":120,"cpus":[0,1],)"
                        R"("drift":0.01,"warmUp":{"messages":5000,"elapsedNanos":7,"steady":true,)"
                        R"("windowNanos":[12]},"census":{"messages":100,"systemCalls":400},)"
                        R"("hostLoad":{"stealShare":0,"othersShare":0,"hiccups":3,)"));
  EXPECT_THAT(json, HasSubstr(R"("switches":{"voluntary":600,"involuntary":0},)"
                              R"("faults":{"minor":0,"major":0},)"
                              R"("histogram":{"indexes":[10],"counts":[300],"minNanos":10,)"
                              R"("maxNanos":10},"slices":[{"beginNanos":0,"lengthNanos":100,)"
                              R"("messages":300,"histogram":{"indexes":[10],"counts":[300]}}]})"));
  EXPECT_THAT(json,
              HasSubstr(R"({"trial":2,"position":2,"used":false,"why":"the control moved",)"));
}

TEST(MeasurementJson, AComparisonSaysToWhatByWhatAndWithWhatVerdict) {
  std::vector<Measurement> both = {MeasuredAt("pipe", {100, 101, 102, 103, 104, 105}),
                                   MeasuredAt("fifo", {200, 201, 202, 203, 204, 205})};
  CompareAll(both, CompareBy::kOwn, 0);
  EXPECT_THAT(MeasurementJson(both[0]), Not(HasSubstr("comparison")));
  const std::string json = MeasurementJson(both[1]);
  EXPECT_THAT(json, HasSubstr(R"("comparison":{"to":"pipe 64 B","figure":"p50","ratio":1.97)"));
  EXPECT_THAT(json, HasSubstr(R"("differenceNanos":100,"differenceInterval":[)"));
  EXPECT_THAT(json, HasSubstr(R"("threshold":0.05,"verdict":"SLOWER"})"));
}

TEST(MeasurementJson, WhatCouldNotBeComparedHasNoNumbers) {
  std::vector<Measurement> both = {SummaryOf(PipeSpec(), {PipeTrial({{10, 20}}, 1)}, std::nullopt),
                                   MeasuredAt("fifo", {200})};
  CompareAll(both, CompareBy::kP99, 0);
  EXPECT_THAT(MeasurementJson(both[1]),
              HasSubstr(R"("comparison":{"to":"pipe 64 B","figure":"p99","ratio":null,)"
                        R"("differenceNanos":null,"pValue":null,"adjustedPValue":null,)"
                        R"("superiority":null,"threshold":0.05,"verdict":"NOT_COMPARED",)"
                        R"("why":"p99 needs 299 messages in each trial"})"));
}

TEST(MeasurementJson, WhatIsNotOneSenderAndOneReceiverIsSaid) {
  v1::Experiment trial = PipeTrial({{10, 200}}, 1);
  v1::MeasureSpec& measure = *trial.mutable_spec()->mutable_measure();
  measure.set_pattern(v1::Pattern::FAN_IN);
  measure.set_senders(4);
  measure.set_receivers(1);
  measure.mutable_load()->set_per_second(1e4);
  measure.mutable_load()->set_arrivals(v1::Load::POISSON);
  measure.mutable_load()->set_seed(7);
  EXPECT_THAT(
      MeasurementJson(SummaryOf(PipeSpec(), {trial}, std::nullopt)),
      HasSubstr(
          R"("senders":4,"load":{"perSecond":10000,"arrivals":"POISSON","seed":7},"warnings":)"));
}

TEST(MeasurementJson, ContentionHasHandOffsAndShares) {
  v1::Experiment trial = PipeTrial({{10, 200}}, 1);
  v1::MeasureSpec& measure = *trial.mutable_spec()->mutable_measure();
  measure.set_pattern(v1::Pattern::CONTENTION);
  measure.set_message_bytes(0);
  measure.set_workers(2);
  measure.mutable_critical_section()->set_nanos(500);
  v1::Metrics& metrics = *trial.mutable_result()->mutable_metrics();
  metrics.mutable_latencies(0)->set_kind(v1::Latency::ACQUIRE);
  *metrics.add_latencies() = LatencyOf({{70, 3}});
  metrics.mutable_latencies(1)->set_kind(v1::Latency::HAND_OFF);
  for (const double share : {0.75, 0.25}) metrics.add_workers()->set_share(share);
  const std::string json = MeasurementJson(SummaryOf(PipeSpec(), {trial}, std::nullopt));
  EXPECT_THAT(json, HasSubstr(R"("latencyKind":"ACQUIRE","latencyNanos":{"count":200,)"));
  EXPECT_THAT(json, HasSubstr(R"("workers":2,"criticalSectionNanos":500,)"));
  EXPECT_THAT(json, HasSubstr(R"("handOffNanos":{"count":3,"min":70,"p50":70,)"));
  EXPECT_THAT(json, HasSubstr(R"("shares":[0.25,0.75])"));
}

TEST(MeasurementJson, MergedNotificationsAndRetriesAreCounted) {
  v1::Experiment trial = PipeTrial({{10, 200}}, 1);
  trial.mutable_spec()->mutable_measure()->set_pattern(v1::Pattern::NOTIFY);
  v1::Counters& total = *trial.mutable_result()->mutable_metrics()->mutable_total();
  total.set_coalesced(5);
  total.set_retries(9);
  EXPECT_THAT(MeasurementJson(SummaryOf(PipeSpec(), {trial}, std::nullopt)),
              HasSubstr(R"("coalesced":5,"retries":9,)"));
}

TEST(MeasurementJson, TheEnvironmentIsProtoJson) {
  const std::string json =
      MeasurementJson(SummaryOf(PipeSpec(), {PipeTrial({{10, 1}}, 1)}, std::nullopt));
  EXPECT_THAT(json, HasSubstr(R"("environment":{"kernel":"6.1","cpuModel":"",)"));
  EXPECT_THAT(json, Not(HasSubstr("\n")));
}

TEST(MeasurementJson, AFailureKeepsTheKeysAndAddsOne) {
  const Failure failure = {.exit_code = ExitCode::kRefused,
                           .kind = "REFUSED",
                           .reason = "INVALID_SPEC",
                           .message = "no"};
  const std::string json = MeasurementJson(SummaryOf(PipeSpec(), {}, failure));
  EXPECT_THAT(json, StartsWith(R"({"mechanism":"pipe","messageBytes":64,)"));
  EXPECT_THAT(json, HasSubstr(R"("latencyNanos":{"count":0,"min":null,"p50":null,)"));
  EXPECT_THAT(json, HasSubstr(R"("error":{"class":"REFUSED","reason":"INVALID_SPEC",)"));
}

TEST(MeasurementJson, OtherReadersUnderstandIt) {
  const std::string json =
      MeasurementJson(SummaryOf(PipeSpec(), {PipeTrial({{10, 1}}, 0.1)}, std::nullopt));
  google::protobuf::Struct read;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &read).ok()) << json;
  EXPECT_EQ(read.fields().at("messagesPerSecond").number_value(), 0.1);
}

}  // namespace
}  // namespace ipclab::cli
