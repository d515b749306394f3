// Figures of a sample: one value per trial. The trial is the unit of inference: what is inside of a
// trial is not independent. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace ipclab::stats {

// What an interval of 95% encloses.
struct Interval {
  double low = 0;
  double high = 0;

  bool operator==(const Interval&) const = default;
};

// The median; the mean of the middle two of an even number. Of nothing: 0.
double Median(std::span<const double> values);

// Of fewer trials nothing is said but the median.
inline constexpr size_t kFewestTrials = 5;

// An interval of 95% or a little more for the median of what the trials are drawn from, which may
// be distributed in any way: two of the trials themselves, by their order. None for fewer than
// kFewestTrials; just as many enclose it with 93.75%.
//
// Of 4000 simulated experiments of 5 to 20 trials (lognormal, two modes) it held the median
// in 93.1% to 99.4%. The bootstrap did in 88% of those of 7 trials, and so did the interpolation by
// Hettmansperger and Sheather in those of 9 where the median lies between two modes.
std::optional<Interval> MedianInterval(std::span<const double> trials);

}  // namespace ipclab::stats
