#include "clients/cli/measure/distribution.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/stats/percentile.h"

namespace ipclab::cli {

absl::Status Distribution::Add(const v1::Latency& latency) {
  if (!latency.absent_reason().empty()) {
    absent_reason = latency.absent_reason();
    return absl::OkStatus();
  }
  const absl::StatusOr<HistogramSnapshot> histogram = HistogramOf(latency);
  if (!histogram.ok()) return histogram.status();
  values.Merge(*histogram);
  support.clear();
  for (const v1::Percentile& each : latency.percentiles()) {
    support.push_back({.percent = each.percent(), .needed_count = each.needed_count()});
  }
  return absl::OkStatus();
}

std::optional<int64_t> Distribution::Percentile(double percent) const {
  if (empty() || values.count < NeededCount(percent)) return std::nullopt;
  return values.ValueAtPercentile(percent);
}

int64_t Distribution::NeededCount(double percent) const {
  for (const Support& each : support) {
    if (std::abs(each.percent - percent) < 1e-6) return each.needed_count;
  }
  return stats::NeededCount(percent);
}

absl::StatusOr<HistogramSnapshot> HistogramOf(const v1::Latency& latency) {
  const v1::Histogram& wire = latency.histogram();
  if (wire.indexes_size() != wire.counts_size()) {
    return absl::InvalidArgumentError("histogram: as many counts as indexes are needed");
  }
  HistogramSnapshot histogram;
  histogram.min = latency.min_nanos();
  histogram.max = latency.max_nanos();
  int before = -1;
  for (int i = 0; i < wire.indexes_size(); ++i) {
    const int index = wire.indexes(i);
    if (index <= before || index >= HistogramLayout::kCounts || wire.counts(i) < 1) {
      return absl::InvalidArgumentError(absl::StrCat("histogram: bad bucket ", index));
    }
    before = index;
    histogram.count += wire.counts(i);
    histogram.buckets.push_back({.index = index, .count = wire.counts(i)});
  }
  return histogram;
}

}  // namespace ipclab::cli
