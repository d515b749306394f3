#include "server/warnings.h"

#include <algorithm>
#include <cmath>

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

// What arrives in a second when all that is due is sent in time.
double Offered(const v1::MeasureSpec& measure) {
  const bool copies = measure.pattern() == v1::Pattern::BROADCAST;
  const int lanes = copies ? measure.receivers() : std::max(measure.senders(), 1);
  return measure.load().per_second() * lanes;
}

// The part of what is offered that must have been sent. How many messages come by chance varies by
// the root of their number: three times that is no lateness.
double InTime(const v1::Load& load, double sent) {
  constexpr double kInTime = 0.99;
  const bool by_chance = load.arrivals() == v1::Load::POISSON;
  return by_chance ? kInTime - 3 / std::sqrt(std::max(sent, 1.0)) : kInTime;
}

bool IsBehind(const v1::MeasureSpec& measure, const v1::Metrics& metrics) {
  if (!measure.has_load()) return false;
  const v1::Counters& total = metrics.total();
  const double nanos = static_cast<double>(metrics.elapsed().seconds()) * 1e9 +
                       static_cast<double>(metrics.elapsed().nanos());
  if (nanos <= 0) return false;
  const auto sent = static_cast<double>(total.messages() + total.coalesced() + total.lost());
  return sent * 1e9 / nanos < InTime(measure.load(), sent) * Offered(measure);
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
  const v1::MeasureSpec& measure = experiment.spec().measure();
  if (relation == v1::Placement::SAME_CPU && measure.wait() == v1::MeasureSpec::SPIN) {
    result.add_warnings(v1::Result::SPIN_ON_ONE_CPU);
  }
  if (IsBehind(measure, result.metrics())) result.add_warnings(v1::Result::BEHIND_SCHEDULE);
  if (experiment.spec().share_cpus()) result.add_warnings(v1::Result::SHARED_CPUS);
}

}  // namespace ipclab
