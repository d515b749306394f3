// Decides, in the worker that sends first, which message of a leg counts and which is the last.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

#include "common/clock.h"
#include "ipclab/internal/control.pb.h"

namespace ipclab {

class LegLimit {
 public:
  // stop must outlive this. It is read before every message and never written.
  LegLimit(const internal::Leg& leg, const Clock& clock, const std::atomic<uint32_t>& stop)
      : stop_(stop),
        warm_up_(leg.warm_up()),
        final_(leg.messages() > 0 ? leg.warm_up() + leg.messages() - 1
                                  : std::numeric_limits<int64_t>::max()),
        duration_(leg.duration_nanos() > 0 ? clock.Ticks(leg.duration_nanos())
                                           : std::numeric_limits<uint64_t>::max()) {}

  // True when the next message counts: the warm-up is over.
  bool NextCounts() const { return sent_ >= warm_up_; }

  // True when the next message must be marked as the last. With a duration that is the first
  // message to begin after it, so nobody waits for a clock.
  bool NextIsLast() const {
    return sent_ >= final_ || elapsed_ >= duration_ || stop_.load(std::memory_order_relaxed) != 0;
  }

  // It is this late, in ticks, and the next message was not sent yet. Where each waits for its
  // moment the time may be over meanwhile.
  void Waited(uint64_t now) {
    if (sent_ > warm_up_) elapsed_ = now - begin_;
  }

  // The next message was under way from before to after, in ticks.
  void Sent(uint64_t before, uint64_t after) {
    if (sent_ == warm_up_) begin_ = before;
    if (sent_ >= warm_up_) elapsed_ = after - begin_;
    ++sent_;
  }

  // The next message was sent and not timed. NextIsFirst tells which one must be.
  void SentUntimed() { ++sent_; }
  bool NextIsFirst() const { return sent_ == warm_up_; }

 private:
  const std::atomic<uint32_t>& stop_;
  const int64_t warm_up_;
  const int64_t final_;
  const uint64_t duration_;
  int64_t sent_ = 0;
  uint64_t begin_ = 0;
  uint64_t elapsed_ = 0;
};

}  // namespace ipclab
