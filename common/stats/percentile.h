// What percentiles of one distribution may be said, and how sure they are. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "common/histogram.h"

namespace ipclab::stats {

// The percentiles that are reported, and how many values each needs: so many that one lies beyond
// it with 95% probability.
struct PercentileSupport {
  double percent;
  int64_t needed_count;
};
inline constexpr std::array<PercentileSupport, 5> kPercentiles = {
    {{50, 1}, {90, 1}, {99, 299}, {99.9, 2995}, {99.99, 29956}}};

// Values that any percentile needs: one up to 90, as in kPercentiles, and by the rule beyond. The
// greatest number there is for 100, which no count supports.
int64_t NeededCount(double percent);

struct NanosInterval {
  int64_t low = 0;
  int64_t high = 0;

  bool operator==(const NanosInterval&) const = default;
};

// Bounds by order statistics, 95%, for the percentile of what the values are drawn from, supposing
// that they are independent. To the precision of the histogram's buckets, outwards. None where
// there are too few values for two bounds: p99 needs 368.
std::optional<NanosInterval> PercentileInterval(const HistogramSnapshot& values, double percent);

}  // namespace ipclab::stats
