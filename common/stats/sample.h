// Figures of a sample: one value per trial. The trial is the unit of inference: what is inside of a
// trial is not independent. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
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

// Seeds every resampling, so that the same values give the same interval.
inline constexpr uint64_t kResamplingSeed = 20'000;
inline constexpr int kResamples = 10'000;

// Of fewer trials nothing is said but the median.
inline constexpr size_t kFewestTrials = 5;

// An interval of 95% for the median of what the trials are drawn from. None for fewer than five
// trials, where no interval of that confidence exists.
std::optional<Interval> MedianInterval(std::span<const double> trials);

}  // namespace ipclab::stats
