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
  AddWarnings(experiment, relation, result);
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

}  // namespace
}  // namespace ipclab
