#include "common/stats/sample.h"

#include <algorithm>
#include <vector>

#include "common/stats/order_statistics.h"

namespace ipclab::stats {
namespace {

std::vector<double> Sorted(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace

double Median(std::span<const double> values) {
  if (values.empty()) return 0;
  const std::vector<double> sorted = Sorted(values);
  const size_t upper = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return sorted[upper];
  return (sorted[upper - 1] + sorted[upper]) / 2;
}

std::optional<Interval> MedianInterval(std::span<const double> trials) {
  if (trials.size() < kFewestTrials) return std::nullopt;
  const std::vector<double> sorted = Sorted(trials);
  const auto count = static_cast<int64_t>(sorted.size());
  const RankInterval ranks = RanksAround(count, 0.5);
  // Of five trials all are needed, and enclose the median with 93.75% only.
  const int64_t low = std::max<int64_t>(ranks.low, 1);
  const int64_t high = std::min(ranks.high, count);
  return Interval{sorted[static_cast<size_t>(low - 1)], sorted[static_cast<size_t>(high - 1)]};
}

}  // namespace ipclab::stats
