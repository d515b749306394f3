#include "server/warnings.h"

#include <functional>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using v1::Placement;
using v1::Result;

std::vector<int> Warnings(Placement::Policy relation,
                          const std::function<void(v1::Experiment&, Result&)>& change = {}) {
  v1::Experiment experiment;
  Result result;
  v1::Latency& latency = *result.mutable_metrics()->add_latencies();
  v1::Percentile& median = *latency.add_percentiles();
  median.set_percent(50);
  median.set_nanos(100);
  result.mutable_environment()->set_clock_cost_nanos(20);
  if (change) change(experiment, result);
  AddWarnings({.experiment = experiment, .relation = relation}, result);
  return {result.warnings().begin(), result.warnings().end()};
}

TEST(WarningsTest, GoodFiguresHaveNone) {
  EXPECT_THAT(Warnings(Placement::DIFFERENT_CORES), IsEmpty());
  EXPECT_THAT(Warnings(Placement::POLICY_UNSPECIFIED), IsEmpty());
}

TEST(WarningsTest, SharedHardwareIsTold) {
  EXPECT_THAT(Warnings(Placement::SAME_CPU), ElementsAre(Result::SAME_CPU));
  EXPECT_THAT(Warnings(Placement::SAME_CORE), ElementsAre(Result::SMT_SIBLING));
  EXPECT_THAT(
      Warnings(Placement::DIFFERENT_CORES,
               [](auto& experiment, auto&) { experiment.mutable_spec()->set_share_cpus(true); }),
      ElementsAre(Result::SHARED_CPUS));
}

TEST(WarningsTest, AWorkerThatWanderedIsTold) {
  EXPECT_THAT(Warnings(Placement::DIFFERENT_CORES,
                       [](auto&, Result& result) {
                         result.mutable_metrics()->mutable_total()->set_migrations(1);
                       }),
              ElementsAre(Result::MIGRATED));
}

TEST(WarningsTest, AMedianNearTheCostOfTheClockIsTold) {
  EXPECT_THAT(Warnings(Placement::DIFFERENT_CORES,
                       [](auto&, Result& result) {
                         result.mutable_environment()->set_clock_cost_nanos(20.1);
                       }),
              ElementsAre(Result::CLOCK_COARSE));
}

TEST(WarningsTest, SpinningOnOneCpuIsTold) {
  const auto waiting = [](v1::MeasureSpec::Wait wait) {
    return [wait](v1::Experiment& experiment, Result&) {
      experiment.mutable_spec()->mutable_measure()->set_wait(wait);
    };
  };
  EXPECT_THAT(Warnings(Placement::SAME_CPU, waiting(v1::MeasureSpec::SPIN)),
              ElementsAre(Result::SAME_CPU, Result::SPIN_ON_ONE_CPU));
  EXPECT_THAT(Warnings(Placement::SAME_CPU, waiting(v1::MeasureSpec::SPIN_THEN_BLOCK)),
              ElementsAre(Result::SAME_CPU));
  EXPECT_THAT(Warnings(Placement::DIFFERENT_CORES, waiting(v1::MeasureSpec::SPIN)), IsEmpty());
}

// The warnings of one second in which so many messages came of an offered rate.
struct Traffic {
  double per_second = 1000;
  int64_t messages = 1000;
  int64_t coalesced = 0;
  int64_t lost = 0;
  v1::Pattern::Kind pattern = v1::Pattern::STREAM;
  int senders = 1;
  int receivers = 1;
  v1::Load::Arrivals arrivals = v1::Load::FIXED;
  int64_t seconds = 1;
};

std::vector<int> WarningsOf(const Traffic& traffic) {
  return Warnings(Placement::DIFFERENT_CORES, [&](v1::Experiment& experiment, Result& result) {
    v1::MeasureSpec& measure = *experiment.mutable_spec()->mutable_measure();
    measure.set_pattern(traffic.pattern);
    measure.set_senders(traffic.senders);
    measure.set_receivers(traffic.receivers);
    measure.mutable_load()->set_per_second(traffic.per_second);
    measure.mutable_load()->set_arrivals(traffic.arrivals);
    v1::Metrics& metrics = *result.mutable_metrics();
    metrics.mutable_elapsed()->set_seconds(traffic.seconds);
    metrics.mutable_total()->set_messages(traffic.messages);
    metrics.mutable_total()->set_coalesced(traffic.coalesced);
    metrics.mutable_total()->set_lost(traffic.lost);
  });
}

TEST(WarningsTest, LessThanWasOfferedIsBehindSchedule) {
  EXPECT_THAT(WarningsOf({.messages = 990}), IsEmpty());
  EXPECT_THAT(WarningsOf({.messages = 989}), ElementsAre(Result::BEHIND_SCHEDULE));
  EXPECT_THAT(WarningsOf({.messages = 0, .seconds = 0}), IsEmpty()) << "nothing is known yet";
}

TEST(WarningsTest, WhatWasLostOrMergedWasSentInTime) {
  EXPECT_THAT(WarningsOf({.messages = 500, .lost = 500}), IsEmpty());
  EXPECT_THAT(WarningsOf({.messages = 10, .coalesced = 990, .pattern = v1::Pattern::NOTIFY}),
              IsEmpty());
}

TEST(WarningsTest, WhatIsOfferedIsWhatAllSendersOfferAndAllReceiversGet) {
  Traffic fan_in = {.messages = 3000, .pattern = v1::Pattern::FAN_IN, .senders = 3};
  EXPECT_THAT(WarningsOf(fan_in), IsEmpty());
  fan_in.messages = 2900;
  EXPECT_THAT(WarningsOf(fan_in), ElementsAre(Result::BEHIND_SCHEDULE));
  Traffic broadcast = {.messages = 3000, .pattern = v1::Pattern::BROADCAST, .receivers = 3};
  EXPECT_THAT(WarningsOf(broadcast), IsEmpty());
  broadcast.messages = 2900;
  EXPECT_THAT(WarningsOf(broadcast), ElementsAre(Result::BEHIND_SCHEDULE));
  EXPECT_THAT(WarningsOf({.pattern = v1::Pattern::FAN_OUT, .receivers = 3}), IsEmpty());
  EXPECT_THAT(WarningsOf({.pattern = v1::Pattern::PIPELINE, .senders = 0, .receivers = 0}),
              IsEmpty());
}

TEST(WarningsTest, FewerThanTheMeanByChanceIsNotBehind) {
  EXPECT_THAT(WarningsOf({.messages = 920, .arrivals = v1::Load::POISSON}), IsEmpty());
  EXPECT_THAT(WarningsOf({.messages = 800, .arrivals = v1::Load::POISSON}),
              ElementsAre(Result::BEHIND_SCHEDULE));
}

}  // namespace
}  // namespace ipclab
