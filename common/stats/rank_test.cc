#include "common/stats/rank_test.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <numeric>

namespace ipclab::stats {
namespace {

// Up to so many values a side all ways to part them are counted.
constexpr size_t kExactlyUpTo = 20;

// Twice the ranks of all values, a's first: the rank of tied ones is the mean of their places, so
// twice of it is whole. ties: the sum of t^3 - t over the groups of t tied ones.
struct Ranks {
  std::vector<int64_t> doubled;
  double ties = 0;
};

Ranks RanksOf(std::span<const double> a, std::span<const double> b) {
  std::vector<double> values(a.begin(), a.end());
  values.insert(values.end(), b.begin(), b.end());
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t l, size_t r) { return values[l] < values[r]; });

  Ranks ranks;
  ranks.doubled.resize(values.size());
  for (size_t begin = 0; begin < order.size();) {
    size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (size_t i = begin; i < end; ++i) {
      ranks.doubled[order[i]] = static_cast<int64_t>(begin + 1 + end);
    }
    const auto tied = static_cast<double>(end - begin);
    ranks.ties += tied * tied * tied - tied;
    begin = end;
  }
  return ranks;
}

// The part of all ways to choose count of the ranks whose sum is as far from the expected one as
// distance, or farther; all of these in doubled ranks.
double ExactTails(const std::vector<int64_t>& ranks, size_t count, int64_t distance) {
  const auto sums =
      static_cast<size_t>(std::accumulate(ranks.begin(), ranks.end(), int64_t{0})) + 1;
  // ways[k][s]: to choose k of the ranks seen so far with the sum s.
  std::vector<std::vector<double>> ways(count + 1, std::vector<double>(sums, 0));
  ways[0][0] = 1;
  for (const int64_t rank : ranks) {
    const auto step = static_cast<size_t>(rank);
    for (size_t k = count; k > 0; --k) {
      for (size_t s = step; s < sums; ++s) ways[k][s] += ways[k - 1][s - step];
    }
  }
  const auto expected = static_cast<int64_t>(count * (ranks.size() + 1));
  double all = 0;
  double beyond = 0;
  for (size_t s = 0; s < sums; ++s) {
    all += ways[count][s];
    if (std::abs(static_cast<int64_t>(s) - expected) >= distance) beyond += ways[count][s];
  }
  return beyond / all;
}

double NormalTails(double a, double b, double ties, double distance) {
  const double all = a + b;
  const double variance = a * b / 12 * (all + 1 - ties / (all * (all - 1)));
  if (!(variance > 0)) return 1;  // all values are the same
  const double z = std::max(0.0, distance - 0.5) / std::sqrt(variance);
  return std::erfc(z / std::sqrt(2.0));
}

}  // namespace

RankTest MannWhitney(std::span<const double> a, std::span<const double> b) {
  RankTest test;
  if (a.empty() || b.empty()) return test;
  const Ranks ranks = RanksOf(a, b);
  const auto first_of_b = ranks.doubled.begin() + static_cast<std::ptrdiff_t>(a.size());
  const int64_t sum = std::accumulate(first_of_b, ranks.doubled.end(), int64_t{0});
  const auto expected = static_cast<int64_t>(b.size() * (ranks.doubled.size() + 1));
  const int64_t distance = std::abs(sum - expected);

  const auto pairs = static_cast<double>(a.size()) * static_cast<double>(b.size());
  test.u = pairs / 2 + static_cast<double>(sum - expected) / 2;
  test.superiority = test.u / pairs;
  if (std::max(a.size(), b.size()) <= kExactlyUpTo) {
    // The ranks of one side are as far off as those of the other.
    test.p_value = ExactTails(ranks.doubled, std::min(a.size(), b.size()), distance);
  } else {
    test.p_value = NormalTails(static_cast<double>(a.size()), static_cast<double>(b.size()),
                               ranks.ties, static_cast<double>(distance) / 2);
  }
  return test;
}

double LeastPValue(size_t a, size_t b) {
  // All of one side above all of the other, or below: 2 of all ways to part them.
  double p_value = 2;
  for (size_t i = 1; i <= std::min(a, b); ++i) {
    p_value *= static_cast<double>(i) / static_cast<double>(std::max(a, b) + i);
  }
  return std::min(1.0, p_value);
}

std::vector<double> AdjustByHolm(std::span<const double> p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t l, size_t r) { return p_values[l] < p_values[r]; });
  std::vector<double> adjusted(p_values.size());
  double greatest = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const auto tests_left = static_cast<double>(order.size() - i);
    greatest = std::max(greatest, std::min(1.0, tests_left * p_values[order[i]]));
    adjusted[order[i]] = greatest;
  }
  return adjusted;
}

}  // namespace ipclab::stats
