#include "common/stats/comparison.h"

#include <algorithm>
#include <cmath>

#include "common/stats/rank_test.h"
#include "common/stats/resampling.h"

namespace ipclab::stats {
namespace {

constexpr double kSignificance = 0.05;

// An interval so many thresholds wide to either side says too little.
constexpr double kTooWide = 2;

bool Excludes(const Interval& interval, double value) {
  return value < interval.low || value > interval.high;
}

Comparison Measure(const Pair& pair) {
  Comparison comparison;
  comparison.median_a = Median(pair.a);
  comparison.median_b = Median(pair.b);
  comparison.difference = comparison.median_b - comparison.median_a;
  if (comparison.median_a > 0) comparison.ratio = comparison.median_b / comparison.median_a;
  const RankTest test = MannWhitney(pair.a, pair.b);
  comparison.p_value = test.p_value;
  comparison.superiority = test.superiority;
  if (const auto change = ChangeOfMedian(pair.a, pair.b)) {
    comparison.difference_interval = change->difference;
    comparison.ratio_interval = change->ratio;
  }
  return comparison;
}

// Half of the ratio's interval; where there is no ratio, of the difference's as a part of A.
double HalfWidth(const Comparison& comparison) {
  if (comparison.ratio_interval) {
    return (comparison.ratio_interval->high - comparison.ratio_interval->low) / 2;
  }
  const double width = comparison.difference_interval->high - comparison.difference_interval->low;
  return width == 0 ? 0 : width / 2 / std::abs(comparison.median_a);
}

// least_p_value: the least adjusted one that the trials of the whole table could give.
Verdict VerdictOf(const Comparison& comparison, Better better, double threshold,
                  double least_p_value) {
  if (!comparison.difference_interval || least_p_value >= kSignificance) {
    return Verdict::kTooFewTrials;
  }
  if (comparison.adjusted_p_value >= kSignificance) {
    return HalfWidth(comparison) > kTooWide * threshold ? Verdict::kTooNoisy
                                                        : Verdict::kNoDifferenceShown;
  }
  const bool matters = std::abs(comparison.difference) >= threshold * std::abs(comparison.median_a);
  // Then the ratio's interval, if there is one, excludes 1 too.
  if (!matters || !Excludes(*comparison.difference_interval, 0)) {
    return Verdict::kNoDifferenceShown;
  }
  const bool more = comparison.difference > 0;
  return more == (better == Better::kMore) ? Verdict::kFaster : Verdict::kSlower;
}

}  // namespace

std::vector<Comparison> Compare(std::span<const Pair> pairs, double threshold) {
  std::vector<Comparison> comparisons;
  std::vector<double> p_values;
  std::vector<double> least;
  for (const Pair& pair : pairs) {
    comparisons.push_back(Measure(pair));
    p_values.push_back(comparisons.back().p_value);
    least.push_back(LeastPValue(pair.a.size(), pair.b.size()));
  }
  const std::vector<double> adjusted = AdjustByHolm(p_values);
  const std::vector<double> least_adjusted = AdjustByHolm(least);
  for (size_t i = 0; i < pairs.size(); ++i) {
    comparisons[i].adjusted_p_value = adjusted[i];
    comparisons[i].verdict =
        VerdictOf(comparisons[i], pairs[i].better, threshold, least_adjusted[i]);
  }
  return comparisons;
}

std::string VerdictText(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFaster:
      return "faster";
    case Verdict::kSlower:
      return "slower";
    case Verdict::kNoDifferenceShown:
      return "no difference shown";
    case Verdict::kTooNoisy:
      return "too noisy";
    case Verdict::kTooFewTrials:
      return "too few trials";
  }
  return "";
}

}  // namespace ipclab::stats
