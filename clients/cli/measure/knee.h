// The knee of a rate sweep: how much can be offered before latency is that of a queue. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ipclab::cli {

// One rate of a sweep. Messages in a second, of all senders together.
struct KneePoint {
  double offered = 0;
  double achieved = 0;
  std::optional<int64_t> p99;  // from the moment that messages were due
};

// Achieved is what comes to 99% of the offered rate or more.
inline constexpr double kAchieved = 0.99;

// The latency at the knee is at most so many times that of the lowest rate.
inline constexpr int64_t kMostRise = 10;

// The highest offered rate that is achieved, and whose p99 is at most ten times that of the lowest
// rate that has one. None where there is no such.
std::optional<size_t> FindKnee(std::span<const KneePoint> points);

// The rates to try, ascending in equal ratios, from far below the capacity to beyond it.
inline constexpr int kKneeRates = 11;
std::vector<double> RatesToTry(double capacity);

}  // namespace ipclab::cli
