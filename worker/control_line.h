// The control of a measurement: two workers bounce one cache line, which costs what the platform
// makes it cost at this moment and nothing of the mechanism. Run before and after a leg, it tells
// whether the host itself changed meanwhile.
//
// Each worker makes one of these and never resets it: the ball's value only grows, so that sets of
// several legs need no agreement on a start. A player whose peer is dead waits, yielding the CPU,
// until it is killed.
#pragma once

#include <atomic>
#include <cstdint>

#include "common/clock.h"

namespace ipclab {

class ControlLine {
 public:
  // ball and clock must outlive this.
  ControlLine(std::atomic<uint64_t>& ball, const Clock& clock) : ball_(ball), clock_(clock) {}

  // Plays a set of so many round trips as the one who serves. Returns the median in nanoseconds, of
  // batches: one round trip across CPUs takes but a few times what the clock costs. A set that
  // takes too long, as on one busy CPU, is cut short.
  int64_t Serve(int rounds);

  // Plays a set as the other, until the one who serves says that it is over.
  void Return();

 private:
  // Serves, and waits for the ball to come back.
  void RoundTrip(uint64_t serve);
  // Waits until the ball is what done says; its value then.
  template <typename Condition>
  uint64_t Await(Condition done);

  std::atomic<uint64_t>& ball_;
  const Clock& clock_;
  uint64_t value_ = 0;  // of the ball when a round trip begins
  int patience_ = 0;    // pauses before the CPU is yielded
};

}  // namespace ipclab
