// Which messages of a stream are timed, where the clock would cost more than the mechanism: those
// whose sequence number is a multiple of what the measurement says. Both ends know them so.
#pragma once

#include <algorithm>
#include <cstdint>

#include "ipclab/v1/measure.pb.h"

namespace ipclab {

class TimedNumbers {
 public:
  explicit TimedNumbers(const v1::MeasureSpec& measure)
      : every_(static_cast<uint64_t>(std::max(measure.time_every(), 1))) {}

  // True when this message, or one that was left out before it, is to be timed. Ascending numbers.
  bool Reach(uint64_t sequence) {
    if (sequence < next_) [[likely]] {
      return false;
    }
    // Where all are timed next_ stays 0, for numbers that do not ascend are timed too.
    if (every_ > 1) next_ = sequence - sequence % every_ + every_;
    return true;
  }

  bool Has(uint64_t sequence) const { return every_ == 1 || sequence % every_ == 0; }

 private:
  const uint64_t every_;
  uint64_t next_ = 0;
};

}  // namespace ipclab
