#include "clients/cli/measure/knee.h"

#include <algorithm>
#include <cmath>

namespace ipclab::cli {
namespace {

constexpr double kLowest = 0.05;
constexpr double kHighest = 1.2;
constexpr double kMostRate = 100e6;  // what a server takes

// A rate that reads well, and is the one that was offered: three digits.
double Rounded(double rate) {
  const double step = std::pow(10, std::floor(std::log10(rate)) - 2);
  return std::round(rate / step) * step;
}

}  // namespace

std::optional<size_t> FindKnee(std::span<const KneePoint> points) {
  std::optional<size_t> lowest;
  for (size_t i = 0; i < points.size(); ++i) {
    if (points[i].p99 && (!lowest || points[i].offered < points[*lowest].offered)) lowest = i;
  }
  if (!lowest) return std::nullopt;
  const int64_t most = *points[*lowest].p99 * kMostRise;
  std::optional<size_t> knee;
  for (size_t i = 0; i < points.size(); ++i) {
    const KneePoint& point = points[i];
    const bool holds =
        point.p99 && *point.p99 <= most && point.achieved >= kAchieved * point.offered;
    if (holds && (!knee || point.offered > points[*knee].offered)) knee = i;
  }
  return knee;
}

std::vector<double> RatesToTry(double capacity) {
  if (capacity <= 0) return {};
  std::vector<double> rates;
  for (int i = 0; i < kKneeRates; ++i) {
    const double part =
        kLowest * std::pow(kHighest / kLowest, static_cast<double>(i) / (kKneeRates - 1));
    const double rate = std::min(Rounded(capacity * part), kMostRate);
    if (rates.empty() || rate > rates.back()) rates.push_back(rate);
  }
  return rates;
}

}  // namespace ipclab::cli
