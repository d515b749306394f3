// A latency histogram in the layout of HdrHistogram: three significant decimal digits from 1 ns to
// one hour, so that counts can be exchanged with the official libraries and merge exactly.
//
// Histogram is a plain block of relaxed atomics that may lie in shared memory: one writer records,
// any process may read at any moment. Zero bytes are a valid empty histogram. Only the buckets
// between the least and the greatest value are ever touched, so an unused one costs no memory.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ipclab {

// The arithmetic of the layout: lowest discernible 1, significant digits 3, highest 3.6e12.
struct HistogramLayout {
  static constexpr int kSubBucketBits = 11;  // 2 * 10^3 rounded up to a power of two
  static constexpr int kSubBuckets = 1 << kSubBucketBits;
  static constexpr int kHalf = kSubBuckets / 2;
  static constexpr int64_t kHighest = 3'600'000'000'000;
  static constexpr int kBuckets = 32;  // 2048 << 31 > kHighest
  static constexpr int kCounts = (kBuckets + 1) * kHalf;

  // The index of value, which is clamped to 0..kHighest.
  static constexpr int IndexOf(int64_t value) {
    if (value < 0) value = 0;
    if (value > kHighest) value = kHighest;
    const int bucket =
        64 - std::countl_zero(static_cast<uint64_t>(value) | (kSubBuckets - 1)) - kSubBucketBits;
    const int sub_bucket = static_cast<int>(value >> bucket);
    return ((bucket + 1) << (kSubBucketBits - 1)) + (sub_bucket - kHalf);
  }

  // The least and the greatest value that share the index.
  static int64_t LowestAt(int index);
  static int64_t HighestAt(int index);
};

// What a histogram held at one moment: a value, in sparse form. Copyable, comparable, mergeable.
struct HistogramSnapshot {
  struct Bucket {
    int index;
    int64_t count;
    bool operator==(const Bucket&) const = default;
  };

  int64_t count = 0;            // always the sum of buckets
  int64_t min = 0;              // exact; 0 when empty
  int64_t max = 0;              // exact; 0 when empty
  std::vector<Bucket> buckets;  // by ascending index, none with count 0

  bool operator==(const HistogramSnapshot&) const = default;

  // Adds the other's values; the same as having recorded all of them here.
  void Merge(const HistogramSnapshot& other);

  // The value below or at which percent of the values lie: the highest value equivalent to the one
  // at that rank, as HdrHistogram's getValueAtPercentile in Java (the C and Python ports round the
  // rank to the nearest instead of up), and never above max. 0 percent is min; 0 when empty.
  int64_t ValueAtPercentile(double percent) const;
};

class Histogram {
 public:
  // Records one value in nanoseconds; below 0 counts as 0, above one hour as one hour.
  void Record(int64_t nanos) {
    nanos = std::clamp<int64_t>(nanos, 0, HistogramLayout::kHighest);
    Add(counts_[static_cast<size_t>(HistogramLayout::IndexOf(nanos))], 1);
    // min_ holds min + 1, so that zero bytes mean "none yet".
    const int64_t min = min_.load(std::memory_order_relaxed);
    if (min == 0 || nanos + 1 < min) min_.store(nanos + 1, std::memory_order_relaxed);
    if (nanos > max_.load(std::memory_order_relaxed)) max_.store(nanos, std::memory_order_relaxed);
  }

  // Forgets all values; only the writer calls it.
  void Clear();

  // Touches every page, so that recording faults on none; only the writer calls it.
  void Touch();

  // Reads what is there now; an empty one costs one load. A value recorded meanwhile is in or out,
  // never half. Out it is when it is a new least or greatest one whose count is there already: the
  // next snapshot has it.
  HistogramSnapshot Snapshot() const;

 private:
  static void Add(std::atomic<int64_t>& counter, int64_t by) {
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  std::atomic<int64_t> min_;
  std::atomic<int64_t> max_;
  std::array<std::atomic<int64_t>, HistogramLayout::kCounts> counts_;
};

}  // namespace ipclab
