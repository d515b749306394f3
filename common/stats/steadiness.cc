#include "common/stats/steadiness.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <map>

#include "common/stats/sample.h"

namespace ipclab::stats {
namespace {

// Up to so many values all their orders are counted.
constexpr size_t kAllOrdersUpTo = 50;

// The part of all orders of count different values in which, of all pairs, those that rise and
// those that fall differ by that many or more.
double OrderedBy(size_t count, int64_t difference) {
  // ways[i]: orders of the values so far, as a part of all, in which i pairs fall.
  std::vector<double> ways{1};
  for (size_t values = 2; values <= count; ++values) {
    std::vector<double> next(ways.size() + values - 1, 0);
    for (size_t i = 0; i < ways.size(); ++i) {
      for (size_t j = 0; j < values; ++j) next[i + j] += ways[i] / static_cast<double>(values);
    }
    ways = std::move(next);
  }
  const auto pairs = static_cast<int64_t>(ways.size()) - 1;
  double sum = 0;
  for (int64_t falling = 0; falling <= pairs; ++falling) {
    if (std::abs(pairs - 2 * falling) >= difference) sum += ways[static_cast<size_t>(falling)];
  }
  return std::min(1.0, sum);
}

double OrderedByNormal(std::span<const double> values, int64_t difference) {
  const auto term = [](double n) { return n * (n - 1) * (2 * n + 5); };
  double variance = term(static_cast<double>(values.size()));
  std::map<double, int64_t> groups;
  for (const double value : values) ++groups[value];
  for (const auto& [value, tied] : groups) variance -= term(static_cast<double>(tied));
  if (!(variance > 0)) return 1;
  const double z = std::max(0.0, static_cast<double>(difference) - 1) / std::sqrt(variance / 18);
  return std::erfc(z / std::sqrt(2.0));
}

}  // namespace

bool WarmUpWatch::Add(int64_t window_nanos) {
  windows_.push_back(window_nanos);
  if (steady()) return true;
  const double before = running_;
  const std::vector<double> all(windows_.begin(), windows_.end());
  running_ = Median(all);
  if (windows_.size() == 1) return false;
  // Windows are whole nanoseconds: of small ones a step of one says nothing.
  const double calm = std::max(kCalm * before, 1.0);
  calm_ = std::abs(running_ - before) <= calm ? calm_ + 1 : 0;
  return steady();
}

std::optional<Drift> DriftOf(std::span<const double> values) {
  const double median = Median(values);
  if (values.size() < 5 || median == 0) return std::nullopt;
  std::vector<double> slopes;
  int64_t difference = 0;  // pairs that rise less pairs that fall
  bool ties = false;
  for (size_t i = 0; i < values.size(); ++i) {
    for (size_t j = i + 1; j < values.size(); ++j) {
      slopes.push_back((values[j] - values[i]) / static_cast<double>(j - i));
      if (values[j] == values[i]) ties = true;
      if (values[j] > values[i]) ++difference;
      if (values[j] < values[i]) --difference;
    }
  }
  Drift drift;
  drift.change = Median(slopes) * static_cast<double>(values.size() - 1) / median;
  drift.p_value = ties || values.size() > kAllOrdersUpTo
                      ? OrderedByNormal(values, std::abs(difference))
                      : OrderedBy(values.size(), std::abs(difference));
  return drift;
}

}  // namespace ipclab::stats
