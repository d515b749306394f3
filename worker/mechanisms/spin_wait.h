// How spinlock, ticket_lock and mcs_lock wait when they are to block: by looking again and again,
// with rests as their options say, and now and then by sched_yield. One per worker.
#pragma once

#include <sched.h>

#include <algorithm>

#include "worker/mechanism.h"
#include "worker/mechanisms/option.h"
#include "worker/spin.h"

namespace ipclab {

class SpinWait {
 public:
  // pause: a rest tells the CPU that this is a wait.
  explicit SpinWait(bool pause) : pause_(pause) {}

  static v1::Option PauseOption() {
    return BooleanOption(
        "pause", true,
        "Of BLOCK: the instruction that tells the CPU of a wait stands between two "
        "looks (pause, yield); SPIN always has it");
  }

  // Until look() is true. Before each look come so many rests: rests(0), rests(1) and so on.
  template <typename Look, typename Rests>
  void Until(Look look, Rests rests) {
    int before_yield = patience_;
    for (int looks = 0;; ++looks) {
      const int count = rests(looks);
      before_yield -= count;
      const bool yields = before_yield <= 0;
      if (yields) {
        ::sched_yield();
        before_yield = patience_;
      } else {
        for (int i = 0; i < count; ++i) Rest();
      }
      if (!look()) continue;
      // Found out as in worker/spin.h: what is there right after a yield came from somebody who
      // needed this CPU.
      patience_ = yields ? std::max(patience_ / 2, 1) : std::min(patience_ * 2, kMostPatience);
      return;
    }
  }

  // With one rest before each look.
  template <typename Look>
  void Until(Look look) {
    Until(look, [](int) { return 1; });
  }

 private:
  static constexpr int kMostPatience = 1024;

  void Rest() const {
    if (pause_) {
      SpinPause();
    } else {
      asm volatile("");  // or the compiler drops the loop around it
    }
  }

  const bool pause_;
  int patience_ = kMostPatience;  // rests before a yield
};

}  // namespace ipclab
