// Tries an operation that does not wait again and again: how SPIN and SPIN_THEN_BLOCK wait.
#pragma once

#include <sched.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "common/clock.h"
#include "worker/give_way.h"
#include "worker/io_status.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ipclab {

// Tells the CPU that this is a wait.
inline void SpinPause() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

class Spin {
 public:
  static constexpr uint64_t kForever = std::numeric_limits<uint64_t>::max();

  // clock must outlive this.
  explicit Spin(const Clock& clock) : clock_(clock) {}

  // Tries until there is something else to tell than kWouldBlock, or until the time is up.
  template <typename Try>
  IoStatus Until(uint64_t most_ticks, Try attempt) {
    int before_yield = tries_;
    int before_look = kTriesPerLook;
    bool yielded = false;
    GiveWay give_way;    // where the peer seems to need this CPU
    uint64_t begin = 0;  // of the time: the first look, so that short waits read no clock
    while (true) {
      const bool yields = --before_yield <= 0;
      if (yields) {
        if (tries_ > kOnOneCpu) {
          ::sched_yield();
        } else {
          give_way();
        }
        before_yield = tries_;
        yielded = true;
      } else {
        SpinPause();
      }
      const IoStatus status = attempt();
      if (status != IoStatus::kWouldBlock) {
        yields ? Halve() : Double();
        return status;
      }
      if (most_ticks == kForever || --before_look > 0) continue;
      before_look = kTriesPerLook;
      const uint64_t now = clock_.Now();
      if (begin == 0) begin = now;
      if (now - begin < most_ticks) continue;
      if (!yielded) Halve();
      return status;
    }
  }

 private:
  // The clock is read once per so many tries: a try of shared memory is cheaper than the clock.
  static constexpr int kTriesPerLook = 16;
  static constexpr int kFewestTries = 2;  // with 1 all would follow a yield: nothing to find out
  static constexpr int kMostTries = 1024;
  // So few are left only where the peer has come right after a yield again and again.
  static constexpr int kOnOneCpu = 16;

  // tries_: how many before the CPU is offered to others by sched_yield. Two workers on one CPU
  // would otherwise take turns of a whole time slice, and nobody tells a worker where its peer is.
  // So it is found out: where a message is there right after the yield, the peer has run in
  // between, on this CPU, and the tries are halved; where it came otherwise, they are doubled. A
  // wait that ends before any yield halves them too, or it would never be found out. On one CPU it
  // is down to two tries after nine messages; across CPUs it stays where a yield is too rare to
  // matter.
  void Halve() { tries_ = std::max(tries_ / 2, kFewestTries); }
  void Double() { tries_ = std::min(tries_ * 2, kMostTries); }

  const Clock& clock_;
  int tries_ = kMostTries;
};

}  // namespace ipclab
