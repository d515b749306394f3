// Bad specs get a clear error and change nothing. One server for all: whatever one of them started
// would show in the next.

#include <functional>
#include <limits>
#include <memory>
#include <ostream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using v1::CreateExperimentRequest;
using v1::ExperimentSpec;
using v1::MeasureSpec;
using v1::Pattern;

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();

// A slip in an otherwise good request, the field that is to be named for it, and a word of the
// advice.
struct Slip {
  std::string title;
  std::string field;
  std::string advice;
  std::function<void(CreateExperimentRequest&)> make;
};

void PrintTo(const Slip& slip, std::ostream* out) { *out << slip.title; }

Slip OfRequest(std::string title, std::string field, std::string advice,
               std::function<void(CreateExperimentRequest&)> make) {
  return {std::move(title), std::move(field), std::move(advice), std::move(make)};
}

Slip OfSpec(std::string title, const std::string& field, std::string advice,
            std::function<void(ExperimentSpec&)> make) {
  return {std::move(title), "spec." + field, std::move(advice),
          [make = std::move(make)](CreateExperimentRequest& request) {
            make(*request.mutable_spec());
          }};
}

Slip OfMeasure(std::string title, const std::string& field, std::string advice,
               std::function<void(MeasureSpec&)> make) {
  return {std::move(title), "spec.measure." + field, std::move(advice),
          [make = std::move(make)](CreateExperimentRequest& request) {
            make(*request.mutable_spec()->mutable_measure());
          }};
}

Slip Id(std::string title, std::string id) {
  return OfRequest(std::move(title), "experiment_id", "1 to 63 characters",
                   [id = std::move(id)](auto& request) { request.set_experiment_id(id); });
}

Slip Option(std::string title, std::string name, std::string value, std::string advice) {
  return OfMeasure(std::move(title), "options[\"" + name + "\"]", std::move(advice),
                   [=](MeasureSpec& measure) { (*measure.mutable_options())[name] = value; });
}

Slip Label(std::string title, std::string key, std::string value) {
  return OfSpec(std::move(title), "labels", "characters",
                [=](ExperimentSpec& spec) { (*spec.mutable_labels())[key] = value; });
}

Slip Bytes(std::string title, int64_t bytes, std::string advice) {
  return OfMeasure(std::move(title), "message_bytes", std::move(advice),
                   [=](MeasureSpec& measure) { measure.set_message_bytes(bytes); });
}

Slip Messages(std::string title, int64_t messages) {
  return OfMeasure(std::move(title), "messages", "must be 1 to",
                   [=](MeasureSpec& measure) { measure.set_messages(messages); });
}

Slip WarmUp(std::string title, int64_t messages) {
  return OfMeasure(std::move(title), "warm_up_messages", "must be 0 to",
                   [=](MeasureSpec& measure) { measure.set_warm_up_messages(messages); });
}

Slip Duration(std::string title, int64_t seconds, int32_t nanos) {
  return OfMeasure(std::move(title), "duration", "at most 24h", [=](MeasureSpec& measure) {
    measure.mutable_duration()->set_seconds(seconds);
    measure.mutable_duration()->set_nanos(nanos);
  });
}

Slip TimeLimit(std::string title, int64_t seconds, int32_t nanos) {
  return OfSpec(std::move(title), "time_limit", "at most 24h", [=](ExperimentSpec& spec) {
    spec.mutable_time_limit()->set_seconds(seconds);
    spec.mutable_time_limit()->set_nanos(nanos);
  });
}

Slip Mechanism(std::string title, std::string id, std::string advice) {
  return OfMeasure(std::move(title), "mechanism", std::move(advice),
                   [id = std::move(id)](MeasureSpec& measure) { measure.set_mechanism(id); });
}

Slip Placed(std::string title, v1::Placement::Policy policy, std::vector<int> cpus,
            std::string advice) {
  return OfSpec(std::move(title), "placement", std::move(advice), [=](ExperimentSpec& spec) {
    spec.mutable_placement()->set_policy(policy);
    *spec.mutable_placement()->mutable_cpus() = {cpus.begin(), cpus.end()};
  });
}

std::vector<Slip> EverySlip() {
  const std::string huge(100'000, 'a');
  return {
      Id("UpperCaseId", "Mine"),
      Id("IdWithADigitFirst", "1st"),
      Id("IdWithAHyphenLast", "mine-"),
      Id("IdWithASlash", "a/b"),
      Id("IdOf64Characters", std::string(64, 'a')),
      Id("HugeId", huge),
      Id("IdOfControlCharacters", std::string("a\n\0\x1b", 4)),
      OfRequest("RequestIdThatIsNoUuid", "request_id", "must be a UUID",
                [](auto& request) { request.set_request_id("1"); }),
      OfRequest("HugeRequestId", "request_id", "must be a UUID",
                [huge](auto& request) { request.set_request_id(huge); }),
      OfRequest("NoSpec", "spec.measure", "is required",
                [](auto& request) { request.clear_spec(); }),
      OfRequest("NoWork", "spec.measure", "is required",
                [](auto& request) { request.mutable_spec()->clear_measure(); }),
      Label("LabelWithoutAKey", "", "x"),
      Label("LabelWithAKeyOf64", std::string(64, 'k'), "x"),
      Label("LabelWithAHugeKey", huge, "x"),
      Label("LabelWithAValueOf256", "k", std::string(256, 'v')),
      Label("LabelWithAHugeValue", "k", huge),
      OfSpec("SixtyFiveLabels", "labels", "at most 64",
             [](ExperimentSpec& spec) {
               for (int i = 0; i < 65; ++i) (*spec.mutable_labels())[std::to_string(i)] = "x";
             }),
      OfSpec("UnknownStart", "start", "PARKED or RUN",
             [](ExperimentSpec& spec) { spec.set_start(static_cast<ExperimentSpec::Start>(99)); }),
      TimeLimit("TimeLimitOfZero", 0, 0),
      TimeLimit("NegativeTimeLimit", -1, 0),
      TimeLimit("TimeLimitOverADay", 86'401, 0),
      TimeLimit("TimeLimitWithTwoSigns", 1, -1),
      TimeLimit("TimeLimitWithTooManyNanos", 1, 1'000'000'000),
      TimeLimit("GreatestTimeLimit", kMost, 999'999'999),
      Mechanism("NoMechanism", "", "is required"),
      Mechanism("MisspeltMechanism", "pipee", "did you mean \"pipe\"?"),
      Mechanism("UnknownMechanism", "carrier-pigeon", "there are: pipe"),
      Mechanism("HugeMechanism", huge, "(100000 bytes)"),
      Option("UnknownOption", "capactiy", "1", "it has capacity"),
      Option("OptionThatIsNoNumber", "capacity", "64k", "must be an integer"),
      Option("EmptyOption", "capacity", "", "must be an integer"),
      Option("OptionBelowItsRange", "capacity", "4095", "from 4096"),
      Option("OptionAboveItsRange", "capacity", "9223372036854775807", "from 4096"),
      Option("OptionBeyondIntegers", "capacity", "99999999999999999999", "from 4096"),
      OfMeasure("NoPattern", "pattern", "ROUND_TRIP, STREAM",
                [](MeasureSpec& measure) { measure.clear_pattern(); }),
      OfMeasure("UnknownPattern", "pattern", "ROUND_TRIP, STREAM",
                [](MeasureSpec& measure) { measure.set_pattern(static_cast<Pattern::Kind>(99)); }),
      OfMeasure("PatternThatTheMechanismCannotCarry", "pattern", "it carries STREAM",
                [](MeasureSpec& measure) { measure.set_mechanism("drops"); }),
      Bytes("SizeOfZero", 0, "must be 1 at least"),
      Bytes("NegativeSize", -1, "must be 1 at least"),
      Bytes("LeastSize", kLeast, "must be 1 at least"),
      Bytes("SizeAboveTheLimit", (64 << 20) + 1, "at most 67108864"),
      Bytes("GreatestSize", kMost, "at most 67108864"),
      Messages("NoMessages", 0),
      Messages("NegativeMessages", -5),
      Messages("GreatestMessages", kMost),
      Duration("DurationOfZero", 0, 0),
      Duration("NegativeDuration", 0, -1),
      Duration("DurationOverADay", 86'400, 1),
      Duration("LeastDuration", kLeast, -999'999'999),
      WarmUp("NegativeWarmUp", -1),
      WarmUp("GreatestWarmUp", kMost),
      OfMeasure("UnknownWait", "wait", "BLOCK, SPIN or SPIN_THEN_BLOCK",
                [](MeasureSpec& measure) { measure.set_wait(static_cast<MeasureSpec::Wait>(9)); }),
      Placed("UnknownPolicy", static_cast<v1::Placement::Policy>(99), {}, "must be"),
      Placed("CpusWithoutExplicit", v1::Placement::SAME_CPU, {0, 0}, "EXPLICIT only"),
      Placed("ExplicitWithoutCpus", v1::Placement::EXPLICIT, {}, "one CPU per worker: 2"),
      Placed("ExplicitWithOneCpuTooMany", v1::Placement::EXPLICIT, {0, 0, 0}, "2, not 3"),
  };
}

class BadSpecTest : public testing::TestWithParam<Slip> {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<LabServer>(LabServer::Options{.scripted = true});
  }
  static void TearDownTestSuite() { server_.reset(); }

  static const LabClient& client() { return server_->client(); }

  static void ExpectNothingStarted() {
    EXPECT_EQ(client().Info()->experiments(), 0);
    EXPECT_EQ(client().Info()->workers(), 0);
  }

  static std::unique_ptr<LabServer> server_;
};

std::unique_ptr<LabServer> BadSpecTest::server_;

TEST_P(BadSpecTest, IsRefusedByTheNameOfTheField) {
  const Slip& slip = GetParam();
  CreateExperimentRequest request = Measure();
  slip.make(request);
  const grpc::Status status = client().Create(request).status;
  ASSERT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
  EXPECT_THAT(ViolatedFields(status), testing::ElementsAre(slip.field));
  EXPECT_THAT(BadRequestOf(status).field_violations(0).description(),
              testing::HasSubstr(slip.advice));
  EXPECT_THAT(status.error_message(), testing::HasSubstr(slip.advice));
  // A message goes to a terminal: nothing of what was sent may steer that, or flood it.
  EXPECT_LT(status.error_message().size(), 1200u);
  EXPECT_THAT(status.error_message(), testing::Not(testing::HasSubstr("\x1b")));
  ExpectNothingStarted();
}

INSTANTIATE_TEST_SUITE_P(Every, BadSpecTest, testing::ValuesIn(EverySlip()),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace ipclab
