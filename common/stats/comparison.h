// Is B other than A? Two samples of trials are compared as an expert would: difference of medians
// with its interval, a rank test, how large the effect is, and a verdict in words that says no more
// than the trials show. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/stats/sample.h"

namespace ipclab::stats {

// Less is better (time, processor time), or more is (messages in a second).
enum class Better { kLess, kMore };

enum class Verdict {
  kFaster,             // B is better than A by the practical threshold or more
  kSlower,             // B is worse likewise
  kNoDifferenceShown,  // none that is both significant and large enough to matter
  kTooNoisy,           // nothing significant, in an interval where one that matters could hide
  kTooFewTrials,       // no outcome of so few trials could be significant in this table
};

// Differences below this part of A matter to nobody.
inline constexpr double kPracticalThreshold = 0.05;

struct Comparison {
  double median_a = 0;
  double median_b = 0;
  double ratio = 0;                             // B over A; 0 where A is not above 0
  std::optional<Interval> ratio_interval;       // none of too few trials, or where A may be 0
  double difference = 0;                        // B minus A
  std::optional<Interval> difference_interval;  // none of too few trials
  double p_value = 1;                           // Mann-Whitney, two-sided
  double adjusted_p_value = 1;                  // by Holm, over the whole table
  // The probability that a trial of B is above one of A, ties counted half: 0.5 is no effect.
  double superiority = 0.5;
  Verdict verdict = Verdict::kTooFewTrials;

  bool operator==(const Comparison&) const = default;
};

// What is compared in one row of a table: finite figures, one per trial.
struct Pair {
  std::vector<double> a;
  std::vector<double> b;
  Better better = Better::kLess;
};

// One comparison per pair, in their order. The p-values are adjusted over all of them, and the
// verdicts are of the adjusted ones. threshold: a part of A, kPracticalThreshold or the noise floor
// where that is greater. Too noisy is what is not significant in an interval of the ratio wider
// than two thresholds to either side.
std::vector<Comparison> Compare(std::span<const Pair> pairs,
                                double threshold = kPracticalThreshold);

// "faster", "no difference shown", ...
std::string VerdictText(Verdict verdict);

}  // namespace ipclab::stats
