#include "common/stats/percentile.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/stats/order_statistics.h"

namespace ipclab::stats {
namespace {

// That no value lies beyond a percentile which is given.
constexpr double kNoneBeyond = 0.05;

// Up to here one value is enough, as the table has it.
constexpr double kAlwaysGiven = 90;

// The index of the bucket with the value at rank, the least one's being 1.
int IndexAtRank(const HistogramSnapshot& values, int64_t rank) {
  int64_t seen = 0;
  for (const HistogramSnapshot::Bucket& bucket : values.buckets) {
    seen += bucket.count;
    if (seen >= rank) return bucket.index;
  }
  return values.buckets.back().index;
}

}  // namespace

int64_t NeededCount(double percent) {
  if (percent <= kAlwaysGiven) return 1;
  if (percent >= 100) return std::numeric_limits<int64_t>::max();
  for (const PercentileSupport& support : kPercentiles) {
    if (support.percent == percent) return support.needed_count;
  }
  return static_cast<int64_t>(std::ceil(std::log(kNoneBeyond) / std::log(percent / 100)));
}

std::optional<NanosInterval> PercentileInterval(const HistogramSnapshot& values, double percent) {
  if (values.count == 0 || !(percent > 0 && percent < 100)) return std::nullopt;
  const RankInterval ranks = RanksAround(values.count, percent / 100);
  if (ranks.low < 1 || ranks.high > values.count) return std::nullopt;
  const int low = IndexAtRank(values, ranks.low);
  const int high = IndexAtRank(values, ranks.high);
  return NanosInterval{std::max(HistogramLayout::LowestAt(low), values.min),
                       std::min(HistogramLayout::HighestAt(high), values.max)};
}

}  // namespace ipclab::stats
