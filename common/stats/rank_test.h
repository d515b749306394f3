// The Mann-Whitney test, and Holm's correction for several tests. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ipclab::stats {

struct RankTest {
  double u = 0;              // pairs in which b is above a, ties counted half
  double p_value = 1;        // two-sided
  double superiority = 0.5;  // u over all pairs
};

// Exact where there are at most 20 values a side: all ways to part them are counted, by their
// ranks, and tied values share the mean of theirs. (Of few values with ties the normal
// approximation finds significance where there is none: all of 3 below all of 3 has p 0.1, not
// 0.047.) Else by the normal approximation with corrections for ties and continuity. Of an empty
// side: p 1.
RankTest MannWhitney(std::span<const double> a, std::span<const double> b);

// The least p-value that so many values a side could ever give, where it is exact.
double LeastPValue(size_t a, size_t b);

// The p-values adjusted by Holm, in the order given.
std::vector<double> AdjustByHolm(std::span<const double> p_values);

}  // namespace ipclab::stats
