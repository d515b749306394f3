// Between which values of a sample a percentile of what it is drawn from lies. Pure.
#pragma once

#include <cstdint>

namespace ipclab::stats {

// Ranks of values; the least value's is 1.
struct RankInterval {
  int64_t low = 0;
  int64_t high = 0;

  bool operator==(const RankInterval&) const = default;
};

// The ranks between whose values lies, with 95% probability or a little more, what part of the
// distribution is below; of count independent values, of any distribution. 0 < part < 1. Rank 0 and
// count + 1 stand for no bound: there are too few values for one.
RankInterval RanksAround(int64_t count, double part);

}  // namespace ipclab::stats
