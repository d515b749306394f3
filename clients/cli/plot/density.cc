#include "clients/cli/plot/density.h"

#include <algorithm>
#include <cmath>

namespace ipclab::plot {
namespace {

constexpr double kThinnest = 1e-6;  // of a row, what a bucket takes at least

}  // namespace

std::vector<double> Density(const HistogramSnapshot& histogram, const Scale& scale, int rows) {
  std::vector<double> counts(static_cast<size_t>(rows));
  for (const HistogramSnapshot::Bucket& bucket : histogram.buckets) {
    // A value of so many nanoseconds was anything from that up to one more.
    const auto low = static_cast<double>(HistogramLayout::LowestAt(bucket.index));
    const auto high = static_cast<double>(HistogramLayout::HighestAt(bucket.index)) + 1;
    // What lies beyond an end of the scale, as the greatest value does, is in the row at that end.
    const double from = std::clamp(scale.Fraction(low) * rows, 0.0, rows - kThinnest);
    const double to = std::clamp(scale.Fraction(high) * rows, from + kThinnest, 1.0 * rows);
    const int first = std::min(static_cast<int>(from), rows - 1);
    const int last = std::min(static_cast<int>(to), rows - 1);
    for (int row = first; row <= last; ++row) {
      const double share =
          (std::min(to, row + 1.0) - std::max(from, static_cast<double>(row))) / (to - from);
      if (share > 0) counts[static_cast<size_t>(row)] += share * static_cast<double>(bucket.count);
    }
  }
  return counts;
}

int ShadeOf(double count, double most, int shades) {
  if (count <= 1 || most <= 1) return 0;
  const double part = std::log(count) / std::log(most);
  return std::clamp(static_cast<int>(part * shades + 1e-9), 0, shades - 1);
}

int64_t LeastWhole(int shade, double most, int shades) {
  const double least = std::pow(std::max(most, 1.0), static_cast<double>(shade) / shades);
  return static_cast<int64_t>(std::ceil(least * (1 - 1e-9)));
}

}  // namespace ipclab::plot
