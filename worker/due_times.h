// When the messages of an open loop are due, in ticks after the first of them. Pure: of one load,
// one rank and one clock the moments are always the same.
//
// Used by Pacer, on the path between two messages: no allocation, no system call.
#pragma once

#include <cstdint>

#include "common/clock.h"
#include "ipclab/v1/measure.pb.h"

namespace ipclab {

class DueTimes {
 public:
  // rank: of the sender among the senders: each has chances of its own from the same seed.
  DueTimes(const v1::Load& load, int rank, const Clock& clock);

  // The moment of the next message: 0 of the first, and never less than the one before.
  uint64_t Next();

 private:
  // Evenly distributed over [0, 1).
  double Chance();

  const bool by_chance_;
  const double gap_;   // the mean, in ticks
  double moment_ = 0;  // of the next message; a day of ticks is exact in a double
  uint64_t chance_;    // the state of the generator
};

}  // namespace ipclab
