// The knee of a rate sweep: how much can be offered before latency is that of a queue. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ipclab::cli {

// One rate of a sweep. Messages in a second, of all senders together.
struct KneePoint {
  double offered = 0;
  double achieved = 0;
  std::optional<int64_t> p99 = {};  // from the moment that messages were due
  int64_t messages = 0;             // that were counted in one trial; 0 where that is not known
  bool by_chance = false;           // when they were due, so that how many were is by chance too
};

// Achieved is what comes to 99% of the offered rate or more; or lacks no more than counting may:
// two messages of those in a trial, and where they are due by chance three standard deviations.
inline constexpr double kMostShort = 0.01;
bool IsAchieved(const KneePoint& point);

// The latency at the knee is at most so many times that of the lowest rate.
inline constexpr int64_t kMostRise = 10;

struct Knee {
  std::optional<size_t> at = {};    // of the points
  std::optional<size_t> base = {};  // the lowest rate, whose p99 that of the others is judged by
  std::string none_because = {};    // in words; empty where there is a knee

  bool operator==(const Knee&) const = default;
};

// Walks the rates upwards, to the last before the first that is not achieved, or whose p99 is not
// there or more than ten times that of the lowest rate. missing: how many rates of the sweep are
// not among the points; with any there is no knee, as the first that fails may be one of them.
Knee FindKnee(std::span<const KneePoint> points, int missing = 0);

// The rates to try, ascending in equal ratios, from far below the capacity to beyond it.
inline constexpr int kKneeRates = 11;
std::vector<double> RatesToTry(double capacity);

}  // namespace ipclab::cli
