#include "clients/cli/measure/knee.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

constexpr double kLowest = 0.05;
constexpr double kHighest = 1.2;
constexpr double kMessagesMiscounted = 2;
constexpr double kMostRate = 100e6;  // what a server takes

// A rate that reads well, and is the one that was offered: three digits.
double Rounded(double rate) {
  const double step = std::pow(10, std::floor(std::log10(rate)) - 2);
  return std::round(rate / step) * step;
}

}  // namespace

bool IsAchieved(const KneePoint& point) {
  double most_short = kMostShort;
  if (point.messages > 0) {
    const auto messages = static_cast<double>(point.messages);
    const double may_lack = point.by_chance ? 3 * std::sqrt(messages) : kMessagesMiscounted;
    most_short = std::max(most_short, may_lack / messages);
  }
  return point.achieved >= (1 - most_short) * point.offered;
}

Knee FindKnee(std::span<const KneePoint> points, int missing) {
  if (missing > 0) {
    return {.none_because =
                absl::StrCat("the sweep ended early, and ", missing, " of its ",
                             points.size() + static_cast<size_t>(missing), " rates are missing")};
  }
  if (points.empty()) return {.none_because = "no rate was tried"};
  std::vector<size_t> upwards(points.size());
  std::iota(upwards.begin(), upwards.end(), size_t{0});
  std::sort(upwards.begin(), upwards.end(),
            [&](size_t a, size_t b) { return points[a].offered < points[b].offered; });
  const KneePoint& lowest = points[upwards.front()];
  Knee knee = {.base = upwards.front()};
  if (!lowest.p99) {
    knee.none_because =
        absl::StrCat("the lowest rate, ", RateText(lowest.offered),
                     "/s, has no p99 that the others could be judged by; use a longer "
                     "--duration");
    return knee;
  }
  for (const size_t i : upwards) {
    const KneePoint& point = points[i];
    if (!point.p99 || *point.p99 > *lowest.p99 * kMostRise || !IsAchieved(point)) break;
    knee.at = i;
  }
  if (!knee.at) {
    knee.none_because =
        absl::StrCat("not even the lowest rate, ", RateText(lowest.offered), "/s, is achieved");
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
