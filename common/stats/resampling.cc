#include "common/stats/resampling.h"

#include <algorithm>

namespace ipclab::stats {
namespace {

constexpr double kTail = 0.025;

// The median of what is at the indexes of sorted, which are put into another order.
double MedianAt(std::span<const double> sorted, std::vector<size_t>& indexes) {
  const auto upper = indexes.begin() + static_cast<std::ptrdiff_t>(indexes.size() / 2);
  std::nth_element(indexes.begin(), upper, indexes.end());
  if (indexes.size() % 2 == 1) return sorted[*upper];
  return (sorted[*std::max_element(indexes.begin(), upper)] + sorted[*upper]) / 2;
}

}  // namespace

std::vector<double> ResampledMedians(std::span<const double> values, int resamples,
                                     IndexSource& source) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<size_t> indexes(sorted.size());
  std::vector<double> medians;
  medians.reserve(static_cast<size_t>(resamples));
  for (int i = 0; i < resamples; ++i) {
    for (size_t& index : indexes) index = source.Below(sorted.size());
    medians.push_back(MedianAt(sorted, indexes));
  }
  return medians;
}

Interval MiddleOf(std::vector<double> figures) {
  std::sort(figures.begin(), figures.end());
  const auto beyond = static_cast<size_t>(kTail * static_cast<double>(figures.size() + 1));
  const size_t low = beyond == 0 ? 0 : beyond - 1;
  return {figures[low], figures[figures.size() - 1 - low]};
}

}  // namespace ipclab::stats
