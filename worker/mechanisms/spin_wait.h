// How spinlock, ticket_lock and mcs_lock wait when they are to block: by looking again and again,
// with rests as their options say, and now and then by sched_yield. One per worker.
#pragma once

#include <sched.h>

#include <algorithm>

#include "worker/give_way.h"
#include "worker/mechanism.h"
#include "worker/option.h"
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
    GiveWay give_way;  // where the holder seems to need this CPU
    int before_yield = patience_;
    for (int looks = 0;; ++looks) {
      const int count = rests(looks);
      for (int i = 0; i < count; ++i) Rest();
      before_yield -= 1 + count / kRestsOfALook;
      const bool yields = before_yield <= 0;
      if (yields) {
        if (patience_ > kOnOneCpu) {
          ::sched_yield();
        } else {
          give_way();
        }
        before_yield = patience_;
      }
      if (!look()) continue;
      // Found out as in worker/spin.h: what is there right after a yield came from somebody who
      // needed this CPU.
      patience_ =
          yields ? std::max(patience_ / 2, kLeastPatience) : std::min(patience_ * 2, kMostPatience);
      return;
    }
  }

  // With one rest before each look.
  template <typename Look>
  void Until(Look look) {
    Until(look, [](int) { return 1; });
  }

 private:
  // At 1 every look would follow a yield, and nothing could be found out any more.
  static constexpr int kLeastPatience = 2;
  static constexpr int kMostPatience = 1024;
  static constexpr int kOnOneCpu = 16;      // so few are left only where it was found out
  static constexpr int kRestsOfALook = 16;  // about as long as it takes to look

  void Rest() const {
    if (pause_) {
      SpinPause();
    } else {
      asm volatile("");  // or the compiler drops the loop around it
    }
  }

  const bool pause_;
  int patience_ = kMostPatience;  // looks before a yield
};

}  // namespace ipclab
