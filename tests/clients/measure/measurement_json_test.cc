#include "clients/cli/measure/measurement_json.h"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

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
  EXPECT_EQ(MeasurementJson(Summarize(PipeSpec(), {trial}, std::nullopt)),
            R"({"mechanism":"pipe","messageBytes":64,"pattern":"ROUND_TRIP",)"
            R"("placement":"DIFFERENT_CORES","wait":"BLOCK","trials":1,"latencyKind":"ROUND_TRIP",)"
            R"("latencyNanos":{"count":300,"min":10,"p50":10,"p90":1000,"p99":1000,"p999":null,)"
            R"("max":1000},"messagesPerSecond":2500.5,"bytesPerSecond":160032,)"
            R"("cpuNanosPerMessage":1500,"lost":0,"controlNanos":110,"warnings":["MIGRATED"],)"
            R"("environment":null})");
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
      MeasurementJson(Summarize(PipeSpec(), {trial}, std::nullopt)),
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
  const std::string json = MeasurementJson(Summarize(PipeSpec(), {trial}, std::nullopt));
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
  EXPECT_THAT(MeasurementJson(Summarize(PipeSpec(), {trial}, std::nullopt)),
              HasSubstr(R"("coalesced":5,"retries":9,)"));
}

TEST(MeasurementJson, TheEnvironmentIsProtoJson) {
  const std::string json =
      MeasurementJson(Summarize(PipeSpec(), {PipeTrial({{10, 1}}, 1)}, std::nullopt));
  EXPECT_THAT(json, HasSubstr(R"("environment":{"kernel":"6.1","cpuModel":"",)"));
  EXPECT_THAT(json, Not(HasSubstr("\n")));
}

TEST(MeasurementJson, AFailureKeepsTheKeysAndAddsOne) {
  const Failure failure = {.exit_code = ExitCode::kRefused,
                           .kind = "REFUSED",
                           .reason = "INVALID_SPEC",
                           .message = "no"};
  const std::string json = MeasurementJson(Summarize(PipeSpec(), {}, failure));
  EXPECT_THAT(json, StartsWith(R"({"mechanism":"pipe","messageBytes":64,)"));
  EXPECT_THAT(json, HasSubstr(R"("latencyNanos":{"count":0,"min":null,"p50":null,)"));
  EXPECT_THAT(json, HasSubstr(R"("error":{"class":"REFUSED","reason":"INVALID_SPEC",)"));
}

TEST(MeasurementJson, OtherReadersUnderstandIt) {
  const std::string json =
      MeasurementJson(Summarize(PipeSpec(), {PipeTrial({{10, 1}}, 0.1)}, std::nullopt));
  google::protobuf::Struct read;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &read).ok()) << json;
  EXPECT_EQ(read.fields().at("messagesPerSecond").number_value(), 0.1);
}

}  // namespace
}  // namespace ipclab::cli
