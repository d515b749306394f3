// The bootstrap: what the median of a sample would be, were it drawn again and again from itself.
// The same values give the same medians on every platform. Pure.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "common/stats/sample.h"

namespace ipclab::stats {

// Random indexes. The standard fixes what the engine gives, but not what its distributions make of
// it: the mapping is ours.
class IndexSource {
 public:
  explicit IndexSource(uint64_t seed) : engine_(seed) {}

  // One of 0 .. count - 1; count is below 2^32.
  size_t Below(size_t count) { return static_cast<size_t>(((engine_() >> 32) * count) >> 32); }

 private:
  std::mt19937_64 engine_;
};

// The medians of that many resamples of values, which are not empty.
std::vector<double> ResampledMedians(std::span<const double> values, int resamples,
                                     IndexSource& source);

// Between which the middle 95% of the figures lie, which are not empty.
Interval MiddleOf(std::vector<double> figures);

}  // namespace ipclab::stats
