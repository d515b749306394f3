// Offers the CPU to others while somebody else is waited for: by sched_yield, which costs next to
// nothing, and once that did not help by short sleeps.
//
// Not by sched_yield for ever. Each call puts the caller's turn off by a whole time slice, and
// where there is nobody to yield to a million of them take a second. Beside workers that did so all
// other processes were seen to stand still for half a minute (Linux 6.18); why is not proved.
#pragma once

#include <sched.h>
#include <unistd.h>

namespace ipclab {

// One for each wait.
class GiveWay {
 public:
  void operator()() {
    if (offers_ < kOffers) {
      ++offers_;
      ::sched_yield();
    } else {
      ::usleep(kNapMicros);
    }
  }

 private:
  static constexpr int kOffers = 100;
  static constexpr useconds_t kNapMicros = 50;

  int offers_ = 0;
};

}  // namespace ipclab
