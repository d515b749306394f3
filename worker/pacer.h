// When the part of a pattern that sends first may send its next message: at once, as in a closed
// loop, or at a moment of its own, whatever became of the messages before, as in an open loop. The
// parts take one of the two as a template argument, so that the closed loop costs nothing.
//
//   pace.Await(limit);
//   const Clock::Reading before = clock.Read();
//   ... send, wait for what is to come ...
//   Record(clock.Nanos(pace.From(before.ticks), after.ticks));
//
// Latency counts from the moment at which a message was due. One that is late is sent at once, and
// the moments behind it stay where they were: a stall is in the figure of all that it delayed.
//
// Used by one worker's only thread, for one leg; all but the schedule is borrowed.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "common/clock.h"
#include "ipclab/internal/control.pb.h"
#include "worker/due_times.h"
#include "worker/figures.h"
#include "worker/leg_limit.h"

namespace ipclab {

// The closed loop.
class AtOnce {
 public:
  static void Await(LegLimit&) {}
  // From where the latency counts of a message that was sent at this tick.
  static uint64_t From(uint64_t sent) { return sent; }
};

// The open loop. The first message is due at the first Await, the others by the schedule.
class Pacer {
 public:
  // setup.measure has a load. stop: as that of LegLimit; once it is set nothing is waited for.
  // Makes this thread's timers exact.
  Pacer(const internal::WorkerSetup& setup, const Clock& clock, Figures& figures,
        const std::atomic<uint32_t>& stop);

  // Returns when the next message is due, or late, and tells the limit how late it is.
  void Await(LegLimit& limit) {
    Await();
    limit.Waited(clock_.Now());
  }

  // What was sent early, because the leg was stopped, was due when it was sent.
  uint64_t From(uint64_t sent) const { return std::min(due_, sent); }

 private:
  void Await();
  // Sleeps until shortly before the moment; what is left is below the precision of a sleep.
  void Sleep(int64_t nanos) const;

  const Clock& clock_;
  Figures& figures_;
  const std::atomic<uint32_t>& stop_;
  const bool shares_cpu_;
  DueTimes schedule_;
  uint64_t begin_ = 0;  // the moment of the first message; 0: there was none
  uint64_t due_ = 0;
};

}  // namespace ipclab
