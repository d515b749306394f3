#include "server/validate.h"

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/program/program_shelf.h"
#include "tests/server/error_details.h"
#include "tests/server/test_catalogue.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Topology kTopology = {{{.id = 0, .core = 0}, {.id = 1, .core = 1}}};

v1::CreateExperimentRequest GoodRequest() {
  v1::CreateExperimentRequest request;
  v1::MeasureSpec& measure = *request.mutable_spec()->mutable_measure();
  measure.set_mechanism("pipe");
  measure.set_pattern(v1::Pattern::ROUND_TRIP);
  measure.set_message_bytes(64);
  return request;
}

absl::StatusOr<ExperimentPlan> Validate(const v1::CreateExperimentRequest& request) {
  static const Catalogue catalogue = TestCatalogue();
  return ValidateCreate(request, catalogue, ProgramShelf(), kTopology, Limits());
}

TEST(ValidateTest, FillsInEveryDefault) {
  const auto plan = Validate(GoodRequest());
  ASSERT_TRUE(plan.ok()) << plan.status();
  const v1::ExperimentSpec& spec = plan->spec;
  EXPECT_EQ(spec.start(), v1::ExperimentSpec::PARKED);
  EXPECT_EQ(spec.placement().policy(), v1::Placement::DIFFERENT_CORES);
  EXPECT_EQ(spec.measure().wait(), v1::MeasureSpec::BLOCK);
  EXPECT_EQ(spec.measure().messages(), 10'000);
  EXPECT_EQ(spec.measure().warm_up_messages(), 1000);
  EXPECT_EQ(spec.measure().options().at("capacity"), "65536");
  EXPECT_EQ(spec.measure().options().at("framing"), "bytes");
  EXPECT_EQ(spec.measure().options().at("huge"), "false");
}

TEST(ValidateTest, KeepsWhatWasAskedFor) {
  v1::CreateExperimentRequest request = GoodRequest();
  request.set_experiment_id("a-1");
  request.set_request_id("123E4567-e89b-12d3-a456-426614174000");
  v1::ExperimentSpec& spec = *request.mutable_spec();
  spec.set_start(v1::ExperimentSpec::RUN);
  spec.mutable_placement()->set_policy(v1::Placement::SAME_CPU);
  spec.mutable_time_limit()->set_nanos(1);
  (*spec.mutable_labels())["team"] = "a";
  v1::MeasureSpec& measure = *spec.mutable_measure();
  measure.mutable_duration()->set_seconds(24 * 3600);
  measure.set_warm_up_messages(0);
  (*measure.mutable_options())["capacity"] = "4096";
  (*measure.mutable_options())["framing"] = "packets";
  (*measure.mutable_options())["huge"] = "true";
  const auto plan = Validate(request);
  ASSERT_TRUE(plan.ok()) << plan.status();
  v1::ExperimentSpec expected = spec;
  expected.mutable_measure()->set_wait(v1::MeasureSpec::BLOCK);
  expected.mutable_measure()->set_senders(1);
  expected.mutable_measure()->set_receivers(1);
  expected.mutable_measure()->set_time_every(1);
  EXPECT_EQ(plan->spec.DebugString(), expected.DebugString());
  EXPECT_EQ(plan->cpu_relation, v1::Placement::SAME_CPU);
}

TEST(ValidateTest, RolesFollowThePatternAndTheMechanism) {
  v1::CreateExperimentRequest request = GoodRequest();
  EXPECT_THAT(Validate(request)->shape.roles,
              ElementsAre(internal::INITIATOR, internal::RESPONDER));
  request.mutable_spec()->mutable_measure()->set_pattern(v1::Pattern::STREAM);
  EXPECT_THAT(Validate(request)->shape.roles, ElementsAre(internal::SENDER, internal::RECEIVER));
  EXPECT_THAT(Validate(request)->cpus, ElementsAre(0, 1));
  request = GoodRequest();
  request.mutable_spec()->mutable_measure()->set_mechanism("null");
  const auto plan = Validate(request);
  EXPECT_THAT(plan->shape.roles, ElementsAre(internal::BOTH));
  EXPECT_EQ(plan->cpus.size(), 1u);
  EXPECT_EQ(plan->cpu_relation, v1::Placement::POLICY_UNSPECIFIED);
}

struct Slip {
  const char* what;
  std::function<void(v1::CreateExperimentRequest&, v1::ExperimentSpec&, v1::MeasureSpec&)> make;
  std::vector<std::string> fields;
};

void PrintTo(const Slip& slip, std::ostream* out) { *out << slip.what; }

class SlipTest : public ::testing::TestWithParam<Slip> {};

TEST_P(SlipTest, IsRefusedByItsField) {
  v1::CreateExperimentRequest request = GoodRequest();
  GetParam().make(request, *request.mutable_spec(), *request.mutable_spec()->mutable_measure());
  const absl::Status status = Validate(request).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(WrongFields(status), ElementsAreArray(GetParam().fields));
}

#define SLIP(...)                                                 \
  [](auto& request [[maybe_unused]], auto& spec [[maybe_unused]], \
     auto& measure [[maybe_unused]]) { __VA_ARGS__; }

INSTANTIATE_TEST_SUITE_P(
    Ids, SlipTest,
    ::testing::Values(
        Slip{"upper case", SLIP(request.set_experiment_id("Mine")), {"experiment_id"}},
        Slip{"digit first", SLIP(request.set_experiment_id("1a")), {"experiment_id"}},
        Slip{"dash last", SLIP(request.set_experiment_id("a-")), {"experiment_id"}},
        Slip{"too long", SLIP(request.set_experiment_id(std::string(64, 'a'))), {"experiment_id"}},
        Slip{"huge", SLIP(request.set_experiment_id(std::string(1 << 20, 'a'))), {"experiment_id"}},
        Slip{"a path", SLIP(request.set_experiment_id("a/../b")), {"experiment_id"}},
        Slip{"no UUID", SLIP(request.set_request_id("1")), {"request_id"}},
        Slip{"a UUID without dashes",
             SLIP(request.set_request_id("123e4567xe89bx12d3xa456x426614174000")),
             {"request_id"}}));

INSTANTIATE_TEST_SUITE_P(
    Specs, SlipTest,
    ::testing::Values(
        Slip{"nothing to do", SLIP(spec.clear_measure()), {"spec.measure"}},
        Slip{"nothing at all", SLIP(request.Clear()), {"spec.measure"}},
        Slip{"label without key", SLIP((*spec.mutable_labels())[""] = "a"), {"spec.labels"}},
        Slip{"long label key",
             SLIP((*spec.mutable_labels())[std::string(64, 'k')]),
             {"spec.labels"}},
        Slip{"long label",
             SLIP((*spec.mutable_labels())["a"] = std::string(256, 'v')),
             {"spec.labels"}},
        Slip {
          "many labels",
              SLIP(for (int i = 0; i < 65; ++i)(*spec.mutable_labels())[std::to_string(i)]), {
            "spec.labels"
          }
        },
        Slip{"start",
             SLIP(spec.set_start(static_cast<v1::ExperimentSpec::Start>(9))),
             {"spec.start"}},
        Slip{"no time", SLIP(spec.mutable_time_limit()), {"spec.time_limit"}},
        Slip{
            "negative time", SLIP(spec.mutable_time_limit()->set_seconds(-1)), {"spec.time_limit"}},
        Slip{"too much time",
             SLIP(spec.mutable_time_limit()->set_seconds(24 * 3600 + 1)),
             {"spec.time_limit"}},
        Slip{"endless time",
             SLIP(spec.mutable_time_limit()->set_seconds(INT64_MAX)),
             {"spec.time_limit"}},
        Slip {
          "mixed signs",
              SLIP(spec.mutable_time_limit()->set_seconds(1);
                   spec.mutable_time_limit()->set_nanos(-1)),
          {
            "spec.time_limit"
          }
        },
        Slip{"cpus without EXPLICIT",
             SLIP(spec.mutable_placement()->add_cpus(0)),
             {"spec.placement"}},
        Slip{"EXPLICIT without cpus",
             SLIP(spec.mutable_placement()->set_policy(v1::Placement::EXPLICIT)),
             {"spec.placement"}},
        Slip{"policy",
             SLIP(spec.mutable_placement()->set_policy(static_cast<v1::Placement::Policy>(99))),
             {"spec.placement"}}));

INSTANTIATE_TEST_SUITE_P(
    Measurements, SlipTest,
    ::testing::Values(
        Slip{"no mechanism", SLIP(measure.clear_mechanism()), {"spec.measure.mechanism"}},
        Slip{"unknown mechanism", SLIP(measure.set_mechanism("pip")), {"spec.measure.mechanism"}},
        Slip{"no pattern", SLIP(measure.clear_pattern()), {"spec.measure.pattern"}},
        Slip{"unknown pattern",
             SLIP(measure.set_pattern(static_cast<v1::Pattern::Kind>(99))),
             {"spec.measure.pattern"}},
        Slip {
          "pattern that it cannot carry",
              SLIP(measure.set_mechanism("null"); measure.set_pattern(v1::Pattern::STREAM)), {
            "spec.measure.pattern"
          }
        },
        Slip{"size 0", SLIP(measure.set_message_bytes(0)), {"spec.measure.message_bytes"}},
        Slip{"negative size",
             SLIP(measure.set_message_bytes(INT64_MIN)),
             {"spec.measure.message_bytes"}},
        Slip{"size above the server's",
             SLIP(measure.set_message_bytes((64 << 20) + 1)),
             {"spec.measure.message_bytes"}},
        Slip {
          "size above the kernel's",
              SLIP(measure.set_mechanism("posix_mq"); measure.set_pattern(v1::Pattern::STREAM);
                   measure.set_message_bytes(8193)),
          {
            "spec.measure.message_bytes"
          }
        },
        Slip{"no messages", SLIP(measure.set_messages(0)), {"spec.measure.messages"}},
        Slip{"negative messages", SLIP(measure.set_messages(-1)), {"spec.measure.messages"}},
        Slip{"too many messages", SLIP(measure.set_messages(INT64_MAX)), {"spec.measure.messages"}},
        Slip{"no duration", SLIP(measure.mutable_duration()), {"spec.measure.duration"}},
        Slip{"negative warm-up",
             SLIP(measure.set_warm_up_messages(-1)),
             {"spec.measure.warm_up_messages"}},
        Slip{"wait",
             SLIP(measure.set_wait(static_cast<v1::MeasureSpec::Wait>(9))),
             {"spec.measure.wait"}}));

#define OPTION(name, value) SLIP((*measure.mutable_options())[name] = value)

INSTANTIATE_TEST_SUITE_P(
    Options, SlipTest,
    ::testing::Values(
        Slip{"unknown", OPTION("size", "1"), {"spec.measure.options[\"size\"]"}},
        Slip{"below", OPTION("capacity", "4095"), {"spec.measure.options[\"capacity\"]"}},
        Slip{"above", OPTION("capacity", "1048577"), {"spec.measure.options[\"capacity\"]"}},
        Slip{"beyond",
             OPTION("capacity", std::string(30, '9')),
             {"spec.measure.options[\"capacity\"]"}},
        Slip{"trailing", OPTION("capacity", "4096k"), {"spec.measure.options[\"capacity\"]"}},
        Slip{"empty", OPTION("capacity", ""), {"spec.measure.options[\"capacity\"]"}},
        Slip{"no choice", OPTION("framing", "lines"), {"spec.measure.options[\"framing\"]"}},
        Slip{"no boolean", OPTION("huge", "1"), {"spec.measure.options[\"huge\"]"}},
        Slip{"a name that is not for terminals",
             OPTION("\033[2J", "1"),
             {"spec.measure.options[\"\\033[2J\"]"}}));

TEST(ValidateTest, SaysEverythingAtOnce) {
  v1::CreateExperimentRequest request = GoodRequest();
  request.set_experiment_id("-");
  request.set_request_id("-");
  v1::MeasureSpec& measure = *request.mutable_spec()->mutable_measure();
  measure.set_pattern(v1::Pattern::KIND_UNSPECIFIED);
  measure.set_message_bytes(0);
  measure.set_messages(-5);
  (*measure.mutable_options())["huge"] = "yes";
  const absl::Status status = Validate(request).status();
  EXPECT_THAT(WrongFields(status),
              ElementsAre("experiment_id", "request_id", "spec.measure.message_bytes",
                          "spec.measure.messages", "spec.measure.options[\"huge\"]",
                          "spec.measure.pattern"));
  for (const std::string& field : WrongFields(status)) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(field));
  }
}

TEST(ValidateTest, WhatTheHostLacksIsAPreconditionWithItsMending) {
  v1::CreateExperimentRequest request = GoodRequest();
  request.mutable_spec()->mutable_placement()->set_policy(v1::Placement::DIFFERENT_SOCKETS);
  request.mutable_spec()->mutable_measure()->set_mechanism("posix_mq");
  request.mutable_spec()->mutable_measure()->set_pattern(v1::Pattern::STREAM);
  const absl::Status status = Validate(request).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(Lacking(status), ElementsAre("MECHANISM_UNAVAILABLE", "PLACEMENT"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("mount /dev/mqueue"));
  EXPECT_EQ(ReasonOf(status), "MECHANISM_UNAVAILABLE");
}

TEST(ValidateTest, AMessageThatIsTooLargeIsRefusedWithWhatRaisesTheLimit) {
  v1::CreateExperimentRequest request = GoodRequest();
  request.mutable_spec()->mutable_measure()->set_mechanism("posix_mq");
  request.mutable_spec()->mutable_measure()->set_pattern(v1::Pattern::STREAM);
  request.mutable_spec()->mutable_measure()->set_message_bytes(8193);
  EXPECT_THAT(std::string(Validate(request).status().message()),
              HasSubstr("is 8193, posix_mq takes at most 8192 on this host; raise it with "
                        "fs.mqueue.msgsize_max"));
}

TEST(ValidateTest, EveryWayToWaitIsFineForEveryMechanism) {
  for (const char* mechanism : {"pipe", "null"}) {
    for (const auto wait :
         {v1::MeasureSpec::BLOCK, v1::MeasureSpec::SPIN, v1::MeasureSpec::SPIN_THEN_BLOCK}) {
      v1::CreateExperimentRequest request = GoodRequest();
      request.mutable_spec()->mutable_measure()->set_mechanism(mechanism);
      request.mutable_spec()->mutable_measure()->set_wait(wait);
      const auto plan = Validate(request);
      ASSERT_TRUE(plan.ok()) << plan.status();
      EXPECT_EQ(plan->spec.measure().wait(), wait);
    }
  }
}

TEST(ValidateTest, MistakesComeFirstAndBringTheLacksAlong) {
  v1::CreateExperimentRequest request = GoodRequest();
  request.mutable_spec()->mutable_placement()->set_policy(v1::Placement::DIFFERENT_SOCKETS);
  request.mutable_spec()->mutable_measure()->set_message_bytes(0);
  const absl::Status status = Validate(request).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(WrongFields(status), ElementsAre("spec.measure.message_bytes"));
  EXPECT_THAT(Lacking(status), ElementsAre("PLACEMENT"));
}

TEST(ValidateTest, ExperimentNamesHaveOneForm) {
  EXPECT_TRUE(ValidateExperimentName("experiments/a").ok());
  EXPECT_TRUE(ValidateExperimentName("experiments/x-0123-9").ok());
  for (const char* name : {"", "a", "experiments/", "experiments/A", "experiments/a/b",
                           "mechanisms/a", "experiments/-"}) {
    const absl::Status status = ValidateExperimentName(name);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << name;
    EXPECT_THAT(WrongFields(status), ElementsAre("name"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("experiments/my-first"));
  }
}

}  // namespace
}  // namespace ipclab
