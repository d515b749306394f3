// When a run has become steady, and whether it stayed so. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ipclab::stats {

// Is the warm-up over? Fed the median of each window; steady once the running median of all of them
// has moved by no more than 1%, or one nanosecond, five times in a row. Once over it stays over.
class WarmUpWatch {
 public:
  // True: it is over.
  bool Add(int64_t window_nanos);
  bool steady() const { return calm_ >= kCalmMoves; }
  const std::vector<int64_t>& windows() const { return windows_; }

 private:
  static constexpr int kCalmMoves = 5;
  static constexpr double kCalm = 0.01;

  std::vector<int64_t> windows_;
  double running_ = 0;
  int calm_ = 0;
};

// How much of its median a series moved from its beginning to its end, along the line through it
// whose slope is the median of the slopes between all pairs (Theil and Sen): for tens of values,
// not for thousands.
struct Drift {
  double change = 0;   // 0.05: 5% more at the end
  double p_value = 1;  // that so much order comes by chance (Mann and Kendall), two-sided: exact of
                       // up to 50 values without ties, else by the normal approximation
};

// None for fewer than five values, or where the median is 0.
std::optional<Drift> DriftOf(std::span<const double> values);

}  // namespace ipclab::stats
