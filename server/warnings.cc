#include "server/warnings.h"

namespace ipclab {
namespace {

constexpr double kCoarse = 5;  // a figure must be this many times the cost of reading the clock

bool IsCoarse(const v1::Metrics& metrics, double clock_cost_nanos) {
  for (const v1::Latency& latency : metrics.latencies()) {
    for (const v1::Percentile& percentile : latency.percentiles()) {
      if (percentile.percent() != 50 || !percentile.has_nanos()) continue;
      if (static_cast<double>(percentile.nanos()) < kCoarse * clock_cost_nanos) return true;
    }
  }
  return false;
}

}  // namespace

void AddWarnings(const v1::Experiment& experiment, v1::Placement::Policy relation,
                 v1::Result& result) {
  if (relation == v1::Placement::SAME_CPU) result.add_warnings(v1::Result::SAME_CPU);
  if (relation == v1::Placement::SAME_CORE) result.add_warnings(v1::Result::SMT_SIBLING);
  if (result.metrics().total().migrations() > 0) result.add_warnings(v1::Result::MIGRATED);
  if (IsCoarse(result.metrics(), result.environment().clock_cost_nanos())) {
    result.add_warnings(v1::Result::CLOCK_COARSE);
  }
  if (experiment.spec().share_cpus()) result.add_warnings(v1::Result::SHARED_CPUS);
}

}  // namespace ipclab
