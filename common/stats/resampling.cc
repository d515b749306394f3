#include "common/stats/resampling.h"

#include <algorithm>
#include <cstddef>
#include <random>
#include <utility>
#include <vector>

namespace ipclab::stats {
namespace {

// What lies beyond either end of an interval.
constexpr double kEachTail = 0.025;

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

// The median of what is at the indexes of sorted. The indexes are put into another order.
double MedianAt(const std::vector<double>& sorted, std::vector<size_t>& indexes) {
  const auto upper = indexes.begin() + static_cast<std::ptrdiff_t>(indexes.size() / 2);
  std::nth_element(indexes.begin(), upper, indexes.end());
  if (indexes.size() % 2 == 1) return sorted[*upper];
  return (sorted[*std::max_element(indexes.begin(), upper)] + sorted[*upper]) / 2;
}

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
  const auto rank = static_cast<size_t>(kEachTail * static_cast<double>(figures.size() + 1));
  const size_t low = rank == 0 ? 0 : rank - 1;
  return {figures[low], figures[figures.size() - 1 - low]};
}

}  // namespace

std::optional<MedianChange> ChangeOfMedian(std::span<const double> a, std::span<const double> b,
                                           int resamples) {
  if (std::min(a.size(), b.size()) < kFewestTrials) return std::nullopt;
  IndexSource source(kResamplingSeed);
  const std::vector<double> of_a = ResampledMedians(a, resamples, source);
  const std::vector<double> of_b = ResampledMedians(b, resamples, source);
  std::vector<double> figures(of_a.size());
  MedianChange change;
  for (size_t i = 0; i < figures.size(); ++i) figures[i] = of_b[i] - of_a[i];
  change.difference = MiddleOf(figures);
  if (!(*std::min_element(of_a.begin(), of_a.end()) > 0)) return change;
  for (size_t i = 0; i < figures.size(); ++i) figures[i] = of_b[i] / of_a[i];
  change.ratio = MiddleOf(std::move(figures));
  return change;
}

}  // namespace ipclab::stats
