#include "server/warnings.h"

#include <cerrno>
#include <functional>
#include <string>
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
  result.mutable_metrics()->mutable_elapsed()->set_seconds(1);
  v1::Latency& latency = *result.mutable_metrics()->add_latencies();
  latency.set_count(1000);
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
                         v1::WorkerMetrics& worker = *result.mutable_metrics()->add_workers();
                         worker.mutable_counters()->set_migrations(1);
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
    metrics.mutable_elapsed()->set_seconds(traffic.seconds);  // 0: nothing is known yet
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

// What one warning of this change says that it was seen by; empty when it is not the only one.
std::string SeenBy(Result::Warning warning,
                   const std::function<void(v1::Experiment&, Result&)>& change) {
  v1::Experiment experiment;
  for (const int cpu : {4, 5}) experiment.add_workers()->set_cpu(cpu);
  Result result;
  result.mutable_metrics()->mutable_elapsed()->set_seconds(1);
  change(experiment, result);
  AddWarnings({.experiment = experiment, .relation = Placement::DIFFERENT_CORES}, result);
  const bool alone = result.warnings_size() == 1 && result.warnings(0) == warning;
  return alone && result.warning_details_size() == 1 ? result.warning_details(0) : "";
}

TEST(WarningsTest, EachSaysWhatItWasSeenBy) {
  EXPECT_EQ(SeenBy(Result::MIGRATED,
                   [](auto&, Result& result) {
                     v1::WorkerMetrics& worker = *result.mutable_metrics()->add_workers();
                     worker.set_worker(1);
                     worker.mutable_counters()->set_migrations(13);
                   }),
            "worker 1 was pinned to CPU 5 and was found elsewhere 13 times");
  EXPECT_EQ(SeenBy(Result::PLATFORM_SHIFTED,
                   [](auto&, Result& result) {
                     result.set_control_before_nanos(100);
                     result.set_control_after_nanos(126);
                   }),
            "the control was 100 ns before the run and 126 ns after it");
  EXPECT_EQ(SeenBy(Result::STALLED,
                   [](auto&, Result& result) {
                     result.mutable_host_load()->mutable_longest_hiccup()->set_nanos(5'000'000);
                   }),
            "the host stood still for 5ms, as the server's own clock saw");
}

TEST(WarningsTest, AControlThatMovedALittleIsNoShift) {
  EXPECT_THAT(Warnings(Placement::DIFFERENT_CORES,
                       [](auto&, Result& result) {
                         result.set_control_before_nanos(125);
                         result.set_control_after_nanos(100);
                       }),
              IsEmpty());
}

TEST(WarningsTest, ABusyNeighbourIsSeenByTheCpuOrByTheWorkerThatWaits) {
  EXPECT_EQ(
      SeenBy(Result::NOISY,
             [](auto&, Result& result) { result.mutable_host_load()->set_others_share(0.5); }),
      "others took 50.0% of a worker's CPU");
  const auto waiting = [](int64_t run_delay_nanos) {
    return [run_delay_nanos](v1::Experiment&, Result& result) {
      v1::WorkerMetrics& worker = *result.mutable_metrics()->add_workers();
      worker.mutable_counters()->set_voluntary_switches(1000);
      worker.mutable_counters()->set_run_delay_nanos(run_delay_nanos);
    };
  };
  EXPECT_EQ(SeenBy(Result::NOISY, waiting(510'000'000)),
            "worker 0 was ready to run and waited for CPU 4 for 50.0% of the run");
  EXPECT_THAT(Warnings(Placement::DIFFERENT_CORES, waiting(20'000'000)), IsEmpty())
      << "20 us for each wake-up";
}

TEST(WarningsTest, WorkersOfOneCpuWaitForEachOtherAndThatIsNoNoise) {
  EXPECT_THAT(Warnings(Placement::SAME_CPU,
                       [](v1::Experiment& experiment, Result& result) {
                         for (const int worker : {0, 1}) {
                           experiment.add_workers()->set_cpu(4);
                           result.mutable_metrics()->add_workers()->set_worker(worker);
                         }
                         v1::WorkerMetrics& first = *result.mutable_metrics()->mutable_workers(0);
                         first.mutable_counters()->set_run_delay_nanos(500'000'000);
                       }),
              ElementsAre(Result::SAME_CPU));
}

TEST(WarningsTest, TheHypervisorsShareIsTold) {
  EXPECT_EQ(
      SeenBy(Result::STEAL,
             [](auto&, Result& result) { result.mutable_host_load()->set_steal_share(0.02); }),
      "the hypervisor took 2.0% of a worker's CPU away");
}

TEST(WarningsTest, AFrequencyThatMayChangeIsTold) {
  const auto host = [](const char* governor, const char* boost) {
    return [governor, boost](auto&, Result& result) {
      result.mutable_environment()->set_governor(governor);
      result.mutable_environment()->set_boost(boost);
    };
  };
  EXPECT_EQ(SeenBy(Result::CPU_SCALING, host("schedutil", "off")), "the governor is schedutil");
  EXPECT_EQ(SeenBy(Result::CPU_SCALING, host("performance", "on")), "boost is on");
  EXPECT_THAT(Warnings(Placement::DIFFERENT_CORES, host("performance", "off")), IsEmpty());
}

TEST(WarningsTest, TooFewValuesForP99AreTold) {
  EXPECT_EQ(SeenBy(Result::TOO_FEW_SAMPLES,
                   [](auto&, Result& result) {
                     result.mutable_metrics()->add_latencies()->set_count(298);
                   }),
            "p99 needs 299 values, there are 298");
}

TEST(WarningsTest, ATrendIsToldWhenItIsLargeAndNoChance) {
  const auto warnings = [](double change, double p_value) {
    v1::Experiment experiment;
    Result result;
    AddWarnings({.experiment = experiment,
                 .relation = Placement::DIFFERENT_CORES,
                 .drift = stats::Drift{.change = change, .p_value = p_value}},
                result);
    return std::vector<int>(result.warnings().begin(), result.warnings().end());
  };
  EXPECT_THAT(warnings(-0.06, 0.01), ElementsAre(Result::DRIFTING));
  EXPECT_THAT(warnings(0.04, 0.01), IsEmpty());
  EXPECT_THAT(warnings(0.5, 0.2), IsEmpty());
}

TEST(WarningsTest, MemoryThatCouldNotBeLockedIsTold) {
  v1::Experiment experiment;
  Result result;
  AddWarnings(
      {.experiment = experiment, .relation = Placement::DIFFERENT_CORES, .lock_error = EPERM},
      result);
  EXPECT_THAT(result.warnings(), ElementsAre(Result::MEMORY_NOT_LOCKED));
}

}  // namespace
}  // namespace ipclab
