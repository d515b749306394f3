// The control of a measurement: two workers bounce one cache line, which costs what the platform
// makes it cost at this moment and nothing of the mechanism. Run before and after a leg, it tells
// whether the host itself changed meanwhile.
//
// Both workers make one of these, never reset, and play every set with the same number of rounds.
// The ball's value only grows, so sets of several legs need no agreement on a start. A player whose
// peer is dead waits, yielding the CPU, until it is killed.
#pragma once

#include <atomic>
#include <cstdint>

#include "common/clock.h"

namespace ipclab {

class ControlLine {
 public:
  // ball and clock must outlive this.
  ControlLine(std::atomic<uint64_t>& ball, const Clock& clock) : ball_(ball), clock_(clock) {}

  // Plays a set as the one who serves. Returns the median round trip in nanoseconds: of batches,
  // as one round trip across CPUs takes but a few times what the clock costs.
  int64_t Serve(int rounds);

  // Plays a set as the other.
  void Return(int rounds);

 private:
  // Waits until the ball has this value.
  void Await(uint64_t value);
  // One hand-over and the way back, for the one who serves.
  void RoundTrip();

  std::atomic<uint64_t>& ball_;
  const Clock& clock_;
  uint64_t value_ = 0;  // of the ball when a round trip begins
  int patience_ = 0;    // pauses before the CPU is yielded
};

}  // namespace ipclab
