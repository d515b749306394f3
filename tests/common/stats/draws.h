// Experiments that are drawn, not measured, so that the truth is known. The same seed draws the
// same.
#pragma once

#include <cmath>
#include <cstddef>
#include <random>
#include <span>
#include <vector>

#include "common/stats/sample.h"

namespace ipclab::stats {

// So many that what happens in 95% of them happens in at least 93%.
inline constexpr int kExperiments = 1000;

// What resamples all of them takes a minute and a half where sanitizers look on, and says nothing
// else there: those tests are skipped.
#if defined(IPCLAB_SANITIZE)
inline constexpr bool kHasTime = false;
#else
inline constexpr bool kHasTime = true;
#endif

// How many trials an interval must do with.
inline constexpr size_t kTrials[] = {5, 10, 20};

// Trials of a mechanism: around 100, spread like those of a quiet machine.
struct Lognormal {
  double spread = 0.03;

  double median() const { return 100; }
  double Draw(std::mt19937_64& random) const {
    return 100 * std::exp(std::normal_distribution<double>(0, spread)(random));
  }
};

// Of ten trials three are five times as slow: where a process was placed, or how its memory lay.
struct TwoModes {
  // Of those in the lower mode 5 of 7 lie below the median of all: as far out of a normal
  // distribution's middle.
  double median() const { return 100 * std::exp(0.03 * 0.565949); }
  double Draw(std::mt19937_64& random) const {
    const double mode = std::bernoulli_distribution(0.7)(random) ? 100 : 500;
    return mode * std::exp(std::normal_distribution<double>(0, 0.03)(random));
  }
};

// times: how many times as much as those of the distribution.
template <typename Distribution>
std::vector<double> Draw(const Distribution& distribution, size_t trials, std::mt19937_64& random,
                         double times = 1) {
  std::vector<double> values;
  for (size_t i = 0; i < trials; ++i) values.push_back(times * distribution.Draw(random));
  return values;
}

inline bool Holds(const Interval& interval, double value) {
  return interval.low <= value && value <= interval.high;
}

}  // namespace ipclab::stats
