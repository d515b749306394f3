#include "clients/cli/measurement_json.h"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "tests/clients/trials.h"

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
