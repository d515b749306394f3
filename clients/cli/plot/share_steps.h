// A distribution as the steps of its quantile function. Pure.
#pragma once

#include <vector>

#include "common/histogram.h"

namespace ipclab::plot {

// Between these two shares of all values lies this value.
struct ShareStep {
  double from = 0;
  double to = 0;
  double value = 0;

  bool operator==(const ShareStep&) const = default;
};

// From 0 to 1 without a gap, values ascending; none of an empty histogram. The last value is the
// exact maximum.
std::vector<ShareStep> ShareSteps(const HistogramSnapshot& histogram);

// The share of all values above which so few of them lie that they say nothing of the whole: fewer
// than p99 and its like need beyond them.
double SupportedShare(const HistogramSnapshot& histogram);

}  // namespace ipclab::plot
