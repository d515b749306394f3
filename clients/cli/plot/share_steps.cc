#include "clients/cli/plot/share_steps.h"

#include <algorithm>

namespace ipclab::plot {
namespace {

// p99 needs 299 values, p99.9 needs 2995: with 95% probability one lies beyond it.
constexpr double kNeededBeyond = 2.99;

}  // namespace

std::vector<ShareStep> ShareSteps(const HistogramSnapshot& histogram) {
  std::vector<ShareStep> steps;
  const auto total = static_cast<double>(histogram.count);
  int64_t seen = 0;
  for (const HistogramSnapshot::Bucket& bucket : histogram.buckets) {
    const double from = static_cast<double>(seen) / total;
    seen += bucket.count;
    const int64_t value = std::min(HistogramLayout::HighestAt(bucket.index), histogram.max);
    steps.push_back({from, static_cast<double>(seen) / total, static_cast<double>(value)});
  }
  return steps;
}

double SupportedShare(const HistogramSnapshot& histogram) {
  if (histogram.count == 0) return 0;
  return std::max(0.0, 1 - kNeededBeyond / static_cast<double>(histogram.count));
}

}  // namespace ipclab::plot
