#include "common/histogram.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ipclab {
namespace {

// How far the values of an index are shifted: each shares it with 2^shift - 1 others.
int ShiftOf(int index) { return std::max(0, index / HistogramLayout::kHalf - 1); }

// Otherwise readers in other processes would need a lock that is not in the shared memory.
static_assert(std::atomic<int64_t>::is_always_lock_free);

// Below this share of a histogram's buckets another one's are inserted one by one.
constexpr size_t kFewBuckets = 16;

using Buckets = std::vector<HistogramSnapshot::Bucket>;

// A step's few values among those of all steps: looked up, not merged.
void Insert(const Buckets& few, Buckets& buckets) {
  auto place = buckets.begin();
  for (const HistogramSnapshot::Bucket& bucket : few) {
    place = std::lower_bound(place, buckets.end(), bucket.index,
                             [](const auto& each, int index) { return each.index < index; });
    if (place != buckets.end() && place->index == bucket.index) {
      place->count += bucket.count;
    } else {
      place = buckets.insert(place, bucket);
    }
  }
}

constexpr size_t kCountsPerPage = 4096 / sizeof(std::atomic<int64_t>);

}  // namespace

int64_t HistogramLayout::LowestAt(int index) {
  const int shift = ShiftOf(index);
  return static_cast<int64_t>(index - shift * kHalf) << shift;
}

int64_t HistogramLayout::HighestAt(int index) {
  return LowestAt(index) + (int64_t{1} << ShiftOf(index)) - 1;
}

void HistogramSnapshot::Merge(const HistogramSnapshot& other) {
  if (other.count == 0) return;
  min = count == 0 ? other.min : std::min(min, other.min);
  max = count == 0 ? other.max : std::max(max, other.max);
  count += other.count;

  if (other.buckets.size() < buckets.size() / kFewBuckets) return Insert(other.buckets, buckets);

  std::vector<Bucket> merged;
  merged.reserve(buckets.size() + other.buckets.size());
  auto mine = buckets.begin();
  auto theirs = other.buckets.begin();
  while (mine != buckets.end() && theirs != other.buckets.end()) {
    if (mine->index < theirs->index) {
      merged.push_back(*mine++);
    } else if (theirs->index < mine->index) {
      merged.push_back(*theirs++);
    } else {
      merged.push_back({mine->index, mine->count + theirs->count});
      ++mine;
      ++theirs;
    }
  }
  merged.insert(merged.end(), mine, buckets.end());
  merged.insert(merged.end(), theirs, other.buckets.end());
  buckets = std::move(merged);
}

int64_t HistogramSnapshot::ValueAtPercentile(double percent) const {
  if (count == 0) return 0;
  if (!(percent > 0)) return min;
  if (percent >= 100) return max;
  // One step down first, as HdrHistogram does: a product that should be whole must not be rounded
  // up past its rank (99.9% of 41000 is 40959, not 40960).
  const double below = std::nextafter(percent, 0.0);
  const double fraction = below * static_cast<double>(count) / 100.0;
  const int64_t rank = std::max<int64_t>(1, static_cast<int64_t>(std::ceil(fraction)));
  int64_t seen = 0;
  for (const Bucket& bucket : buckets) {
    seen += bucket.count;
    if (seen >= rank) return std::min(HistogramLayout::HighestAt(bucket.index), max);
  }
  return max;
}

void Histogram::Clear() {
  const int64_t min = min_.load(std::memory_order_relaxed);
  const int64_t max = max_.load(std::memory_order_relaxed);
  if (min == 0) return;
  min_.store(0, std::memory_order_relaxed);
  max_.store(0, std::memory_order_relaxed);
  const int last = HistogramLayout::IndexOf(max);
  for (int i = HistogramLayout::IndexOf(min - 1); i <= last; ++i) {
    counts_[static_cast<size_t>(i)].store(0, std::memory_order_relaxed);
  }
}

void Histogram::Touch() {
  for (size_t i = 0; i < counts_.size(); i += kCountsPerPage) Add(counts_[i], 0);
  Add(counts_.back(), 0);
  Add(min_, 0);
}

HistogramSnapshot Histogram::Snapshot() const {
  HistogramSnapshot snapshot;
  // Read apart from each other and from the counts, so they may be of different moments: they only
  // say where to look, and are then fitted to what was found.
  const int64_t min = min_.load(std::memory_order_relaxed);
  const int64_t max = max_.load(std::memory_order_relaxed);
  if (min == 0) return snapshot;
  const int first = HistogramLayout::IndexOf(min - 1);
  const int last = std::max(first, HistogramLayout::IndexOf(max));
  for (int i = first; i <= last; ++i) {
    const int64_t count = counts_[static_cast<size_t>(i)].load(std::memory_order_relaxed);
    if (count == 0) continue;
    snapshot.buckets.push_back({i, count});
    snapshot.count += count;
  }
  if (snapshot.buckets.empty()) return snapshot;
  const int lowest = snapshot.buckets.front().index;
  const int highest = snapshot.buckets.back().index;
  snapshot.min =
      std::clamp(min - 1, HistogramLayout::LowestAt(lowest), HistogramLayout::HighestAt(lowest));
  snapshot.max =
      std::clamp(max, HistogramLayout::LowestAt(highest), HistogramLayout::HighestAt(highest));
  snapshot.max = std::max(snapshot.min, snapshot.max);
  return snapshot;
}

}  // namespace ipclab
