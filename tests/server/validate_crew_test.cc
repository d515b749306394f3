// What a measurement may say of many workers, of a load and of what is timed: the rules of
// server/validate_measure.h beyond one sender and one receiver.

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/program/program_shelf.h"
#include "server/validate.h"
#include "tests/server/error_details.h"
#include "tests/server/test_catalogue.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using v1::Load;
using v1::MeasureSpec;
using v1::Pattern;

const Topology kCrewCores = {{{.id = 0, .core = 0}, {.id = 1, .core = 1}}};

using Change = std::function<void(MeasureSpec&)>;

absl::StatusOr<ExperimentPlan> Validate(const std::string& mechanism, Pattern::Kind pattern,
                                        const Change& change = {}) {
  static const Catalogue catalogue = TestCatalogue();
  v1::CreateExperimentRequest request;
  MeasureSpec& measure = *request.mutable_spec()->mutable_measure();
  measure.set_mechanism(mechanism);
  measure.set_pattern(pattern);
  const bool messages =
      pattern != Pattern::CONTENTION && pattern != Pattern::HAND_OFF && pattern != Pattern::NOTIFY;
  measure.set_message_bytes(messages ? 64 : 0);
  if (change) change(measure);
  return ValidateCreate(request, catalogue, ProgramShelf(), kCrewCores, Limits());
}

// The measurement as it would run.
MeasureSpec Valid(const std::string& mechanism, Pattern::Kind pattern, const Change& change = {}) {
  const auto plan = Validate(mechanism, pattern, change);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.ok() ? plan->spec.measure() : MeasureSpec();
}

// The one complaint, as "field: what is wrong".
std::string Complaint(const std::string& mechanism, Pattern::Kind pattern, const Change& change) {
  const absl::Status status = Validate(mechanism, pattern, change).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  const std::vector<std::string> fields = WrongFields(status);
  EXPECT_EQ(fields.size(), 1u) << status;
  return std::string(status.message());
}

TEST(ValidateCrewTest, EveryPatternHasItsUsualNumberOfWorkers) {
  const auto counts = [](const std::string& mechanism, Pattern::Kind pattern) {
    const MeasureSpec measure = Valid(mechanism, pattern);
    return std::vector<int>{measure.senders(), measure.receivers(), measure.workers()};
  };
  EXPECT_THAT(counts("pipe", Pattern::ROUND_TRIP), ElementsAre(1, 1, 0));
  EXPECT_THAT(counts("pipe", Pattern::STREAM), ElementsAre(1, 1, 0));
  EXPECT_THAT(counts("pipe", Pattern::FAN_IN), ElementsAre(2, 1, 0));
  EXPECT_THAT(counts("pipe", Pattern::FAN_OUT), ElementsAre(1, 2, 0));
  EXPECT_THAT(counts("pipe", Pattern::BROADCAST), ElementsAre(1, 2, 0));
  EXPECT_THAT(counts("pipe", Pattern::PIPELINE), ElementsAre(0, 0, 3));
  EXPECT_THAT(counts("mutex", Pattern::CONTENTION), ElementsAre(0, 0, 2));
  EXPECT_THAT(counts("signal", Pattern::HAND_OFF), ElementsAre(1, 1, 0));
  EXPECT_THAT(counts("signal", Pattern::NOTIFY), ElementsAre(1, 1, 0));
}

TEST(ValidateCrewTest, WorkersAreCountedWithinTheirRange) {
  EXPECT_EQ(Valid("pipe", Pattern::FAN_IN, [](auto& m) { m.set_senders(59); }).senders(), 59);
  EXPECT_EQ(Valid("pipe", Pattern::PIPELINE, [](auto& m) { m.set_workers(2); }).workers(), 2);
  EXPECT_EQ(Valid("mutex", Pattern::CONTENTION, [](auto& m) { m.set_workers(1); }).workers(), 1);
  EXPECT_THAT(Complaint("pipe", Pattern::FAN_IN, [](auto& m) { m.set_senders(65); }),
              HasSubstr("spec.measure.senders: is 65, must be 1 to 59 with FAN_IN"));
  EXPECT_THAT(Complaint("pipe", Pattern::FAN_OUT, [](auto& m) { m.set_receivers(-1); }),
              HasSubstr("spec.measure.receivers: is -1, must be 1 to 59 with FAN_OUT"));
  EXPECT_THAT(Complaint("pipe", Pattern::PIPELINE, [](auto& m) { m.set_workers(1); }),
              HasSubstr("spec.measure.workers: is 1, must be 2 to 60 with PIPELINE"));
  EXPECT_THAT(Complaint("pipe", Pattern::STREAM, [](auto& m) { m.set_senders(2); }),
              HasSubstr("spec.measure.senders: is 2, must be 1 with STREAM"));
  EXPECT_THAT(Complaint("pipe", Pattern::STREAM, [](auto& m) { m.set_workers(2); }),
              HasSubstr("spec.measure.workers: is 2, must be 0 with STREAM"));
  EXPECT_THAT(Complaint("mutex", Pattern::CONTENTION, [](auto& m) { m.set_senders(2); }),
              HasSubstr("spec.measure.senders: is 2, must be 0 with CONTENTION"));
}

TEST(ValidateCrewTest, SeveralReceiversOfAFanInNeedOneObjectThatTakesThem) {
  const Change two = [](auto& m) { m.set_receivers(2); };
  EXPECT_EQ(Valid("mailbox", Pattern::FAN_IN, two).receivers(), 2);
  EXPECT_THAT(Complaint("pipe", Pattern::FAN_IN, two),
              HasSubstr("must be 1 with FAN_IN over a link for each pair"));
  const auto crowd = [](int senders, int receivers) {
    return [=](auto& m) { m.set_senders(senders), m.set_receivers(receivers); };
  };
  EXPECT_EQ(Valid("mailbox", Pattern::FAN_IN, crowd(30, 30)).senders(), 30);
  EXPECT_THAT(Complaint("mailbox", Pattern::FAN_IN, crowd(31, 30)),
              HasSubstr("with the senders there are 61 workers; an experiment has at most 60"));
}

TEST(ValidateCrewTest, AMessageOfASharedObjectHoldsAWholeSequenceNumber) {
  const auto bytes = [](int64_t count) {
    return [count](MeasureSpec& m) { m.set_message_bytes(count); };
  };
  EXPECT_THAT(Complaint("mailbox", Pattern::FAN_IN, bytes(7)), HasSubstr("must be 8 at least"));
  Valid("mailbox", Pattern::FAN_IN, bytes(8));
  Valid("mailbox", Pattern::STREAM, bytes(1));
  Valid("pipe", Pattern::FAN_IN, bytes(1));
  EXPECT_THAT(Complaint("mailbox", Pattern::FAN_IN, bytes(4097)),
              HasSubstr("takes at most 4096 where several workers share one object"));
  Valid("mailbox", Pattern::STREAM, bytes(4097));
}

TEST(ValidateCrewTest, WhatCarriesNoMessagesHasNoSize) {
  EXPECT_THAT(Complaint("mutex", Pattern::CONTENTION, [](auto& m) { m.set_message_bytes(8); }),
              HasSubstr("is 8, must be 0: CONTENTION carries no messages"));
}

TEST(ValidateCrewTest, WhatCannotTryCanOnlyBlock) {
  Valid("signal", Pattern::HAND_OFF);
  for (const auto wait : {MeasureSpec::SPIN, MeasureSpec::SPIN_THEN_BLOCK}) {
    EXPECT_THAT(Complaint("signal", Pattern::HAND_OFF, [wait](auto& m) { m.set_wait(wait); }),
                HasSubstr("must be BLOCK: signal has no form that tries without waiting"));
  }
}

TEST(ValidateCrewTest, ALoadIsFixedAndBySeedWhereItIsByChance) {
  const MeasureSpec fixed =
      Valid("pipe", Pattern::STREAM, [](auto& m) { m.mutable_load()->set_per_second(1e4); });
  EXPECT_EQ(fixed.load().arrivals(), Load::FIXED);
  EXPECT_EQ(fixed.load().seed(), 0);
  const Change by_chance = [](auto& m) {
    m.mutable_load()->set_per_second(1e4);
    m.mutable_load()->set_arrivals(Load::POISSON);
  };
  EXPECT_GT(Valid("pipe", Pattern::STREAM, by_chance).load().seed(), 0);
  const MeasureSpec again = Valid("pipe", Pattern::STREAM, [&](auto& m) {
    by_chance(m);
    m.mutable_load()->set_seed(7);
  });
  EXPECT_EQ(again.load().seed(), 7);
}

TEST(ValidateCrewTest, ARateIsANumberAboveNothing) {
  for (const double rate : {0.0, -1.0, 1.1e8, std::numeric_limits<double>::infinity(),
                            std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THAT(Complaint("pipe", Pattern::STREAM,
                          [rate](auto& m) { m.mutable_load()->set_per_second(rate); }),
                HasSubstr("spec.measure.load.per_second"));
  }
  EXPECT_THAT(Complaint("pipe", Pattern::STREAM,
                        [](auto& m) {
                          m.mutable_load()->set_per_second(1);
                          m.mutable_load()->set_seed(-1);
                        }),
              HasSubstr("spec.measure.load.seed: is -1"));
  EXPECT_THAT(Complaint("pipe", Pattern::STREAM,
                        [](auto& m) {
                          m.mutable_load()->set_per_second(1);
                          m.mutable_load()->set_arrivals(static_cast<Load::Arrivals>(9));
                        }),
              HasSubstr("must be FIXED or POISSON"));
  EXPECT_THAT(
      Complaint("mutex", Pattern::CONTENTION, [](auto& m) { m.mutable_load()->set_per_second(1); }),
      HasSubstr("spec.measure.load: must be absent"));
}

TEST(ValidateCrewTest, WarmUpAtALowRateIsShort) {
  const auto warm_up = [](double rate) {
    return Valid("pipe", Pattern::STREAM,
                 [rate](auto& m) { m.mutable_load()->set_per_second(rate); })
        .warm_up_messages();
  };
  EXPECT_EQ(warm_up(1), 1);
  EXPECT_EQ(warm_up(1000), 100);
  EXPECT_EQ(warm_up(1e6), 1000);
}

TEST(ValidateCrewTest, ACriticalSectionIsOfContentionAndASecondAtMost) {
  const auto seconds = [](int64_t count, int32_t nanos = 0) {
    return [=](MeasureSpec& m) {
      m.mutable_critical_section()->set_seconds(count);
      m.mutable_critical_section()->set_nanos(nanos);
    };
  };
  Valid("mutex", Pattern::CONTENTION, seconds(0));
  Valid("mutex", Pattern::CONTENTION, seconds(1));
  for (const auto& change : {seconds(1, 1), seconds(0, -1), seconds(1, -1)}) {
    EXPECT_THAT(Complaint("mutex", Pattern::CONTENTION, change),
                HasSubstr("spec.measure.critical_section: must be 0 to 1s"));
  }
  EXPECT_THAT(Complaint("pipe", Pattern::STREAM, seconds(0, 1)),
              HasSubstr("goes with CONTENTION only"));
}

TEST(ValidateCrewTest, OnlySomeMessagesOfAFastStreamAreTimed) {
  const auto every = [](const std::string& mechanism, Pattern::Kind pattern,
                        const Change& change = {}) {
    return Valid(mechanism, pattern, change).time_every();
  };
  EXPECT_EQ(every("ring", Pattern::STREAM), 64);
  EXPECT_EQ(every("ring", Pattern::STREAM, [](auto& m) { m.set_time_every(1); }), 1);
  EXPECT_EQ(every("ring", Pattern::STREAM, [](auto& m) { m.mutable_load()->set_per_second(1000); }),
            1);
  EXPECT_EQ(every("ring", Pattern::ROUND_TRIP), 1);
  EXPECT_EQ(every("pipe", Pattern::STREAM), 1);
  EXPECT_EQ(every("pipe", Pattern::STREAM, [](auto& m) { m.set_time_every(1000); }), 1000);
  for (const int wrong : {-1, 1001}) {
    EXPECT_THAT(Complaint("pipe", Pattern::STREAM, [=](auto& m) { m.set_time_every(wrong); }),
                HasSubstr("must be 0 to 1000"));
  }
  EXPECT_THAT(Complaint("pipe", Pattern::ROUND_TRIP, [](auto& m) { m.set_time_every(2); }),
              HasSubstr("goes with STREAM only"));
  EXPECT_THAT(Complaint("pipe", Pattern::STREAM,
                        [](auto& m) {
                          m.set_time_every(2);
                          m.mutable_load()->set_per_second(1);
                        }),
              HasSubstr("must be 1 or 0 with a load"));
}

TEST(ValidateCrewTest, ExplicitCpusAreOnePerWorker) {
  static const Catalogue catalogue = TestCatalogue();
  v1::CreateExperimentRequest request;
  MeasureSpec& measure = *request.mutable_spec()->mutable_measure();
  measure.set_mechanism("pipe");
  measure.set_pattern(Pattern::PIPELINE);
  measure.set_message_bytes(64);
  measure.set_workers(4);
  v1::Placement& placement = *request.mutable_spec()->mutable_placement();
  placement.set_policy(v1::Placement::EXPLICIT);
  for (const int cpu : {0, 1, 0}) placement.add_cpus(cpu);
  const auto three = ValidateCreate(request, catalogue, ProgramShelf(), kCrewCores, Limits());
  EXPECT_THAT(std::string(three.status().message()), HasSubstr("one CPU per worker: 4, not 3"));
  placement.add_cpus(1);
  const auto four = ValidateCreate(request, catalogue, ProgramShelf(), kCrewCores, Limits());
  ASSERT_TRUE(four.ok()) << four.status();
  EXPECT_THAT(four->cpus, ElementsAre(0, 1, 0, 1));
  EXPECT_EQ(four->cpu_relation, v1::Placement::SAME_CPU);
}

}  // namespace
}  // namespace ipclab
