// For loops that wait until another process or thread has got somewhere: `while (...) Nap();`. Not
// sched_yield: see worker/give_way.h.
#pragma once

#include <unistd.h>

namespace ipclab {

inline void Nap() {
  constexpr useconds_t kMicros = 100;
  ::usleep(kMicros);
}

}  // namespace ipclab
