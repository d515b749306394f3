// A thread of the server that does nothing but wake up every 10 ms while somebody listens, and
// remembers when it was woken late: then the whole host stood still, and what a mechanism's figures
// show at that moment is not the mechanism's doing.
//
// Thread safe. Where the kernel lets it the thread has real-time priority, so that it is not late
// because the measured processes have the CPUs; elsewhere only what is very late counts.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/time/time.h"

namespace ipclab {

struct Hiccups {
  int64_t count = 0;
  absl::Duration longest;
};

class HiccupClock {
 public:
  HiccupClock();
  ~HiccupClock();
  HiccupClock(const HiccupClock&) = delete;
  HiccupClock& operator=(const HiccupClock&) = delete;

  // The clock ticks while any of these lives. The clock must outlive it.
  class Listener {
   public:
    explicit Listener(HiccupClock& clock);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    // Since it was made.
    Hiccups Heard() const;

   private:
    HiccupClock& clock_;
    const absl::Time begin_;
  };

  // A tick was due at one moment and came at another. Public for tests.
  void Tick(absl::Time due, absl::Time came);

  // How late a tick must be. With an ordinary thread's priority it is more: it waits for its CPU
  // like others.
  absl::Duration late() const { return absl::Nanoseconds(late_nanos_.load()); }

 private:
  struct Late {
    absl::Time came;
    absl::Duration by;
  };

  void Run();

  std::atomic<int64_t> late_nanos_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int listeners_ = 0;                        // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  absl::Time due_ = absl::InfiniteFuture();  // guarded by mutex_; of the next tick
  std::deque<Late> lates_;                   // guarded by mutex_; the newest few thousand
  std::thread thread_;
};

}  // namespace ipclab
