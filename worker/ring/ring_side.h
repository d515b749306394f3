// What the sender and the receiver of a ring have in common: moving a position on so that the other
// end is woken if it sleeps, and sleeping until the other end has moved its own. Used by one
// thread.
//
// No wake-up is lost: who sleeps says so first and then looks again; who publishes does so first
// and then looks whether the other one sleeps. Each needs a full barrier between its two steps. The
// blocking forms have one. In the Try forms it would cost more than all the rest, so an end that
// uses them says that it is quiet, and who goes to sleep runs the barrier for both: membarrier(2).
// Where that is not to be had, the Try forms have their barrier too.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

#include "worker/ring/memory_barrier.h"
#include "worker/ring/ring_memory.h"

namespace ipclab {

class RingSide {
 public:
  RingSide(RingEnd& own, RingEnd& other) : own_(own), other_(other) {
    own_.registered.store(RegisterForBarriers() ? 1 : 0, std::memory_order_relaxed);
  }

  // Both ends are there. Without this the Try forms have their barrier.
  void Connect() {
    may_be_quiet_ = own_.registered.load(std::memory_order_relaxed) != 0 &&
                    other_.registered.load(std::memory_order_relaxed) != 0;
  }

  // Moves a position on, for the Try forms.
  void Publish(std::atomic<uint64_t>& position, uint64_t value) {
    if (!quiet_) [[unlikely]] {
      // Once with a barrier: from here on, who goes to sleep knows.
      if (may_be_quiet_) own_.quiet.store(1, std::memory_order_seq_cst);
      quiet_ = may_be_quiet_;
      return PublishWithBarrier(position, value);
    }
    position.store(value, std::memory_order_release);
    std::atomic_signal_fence(std::memory_order_seq_cst);  // the look stays behind the store
    if ((other_.state.load(std::memory_order_relaxed) & RingEnd::kAsleep) != 0) [[unlikely]] {
      Wake();
    }
  }

  // The same for the blocking forms.
  void PublishWithBarrier(std::atomic<uint64_t>& position, uint64_t value) {
    position.store(value, std::memory_order_seq_cst);
    if ((other_.state.load(std::memory_order_seq_cst) & RingEnd::kAsleep) != 0) Wake();
  }

  bool OtherIsClosed() const {
    return (other_.state.load(std::memory_order_acquire) & RingEnd::kClosed) != 0;
  }

  // Sleeps until the other end has published something, or closes. It may return early. nothing()
  // says whether it has not; it looks by sequentially consistent loads.
  template <typename Nothing>
  void SleepWhile(Nothing nothing) {
    own_.state.fetch_or(RingEnd::kAsleep, std::memory_order_seq_cst);
    if (other_.quiet.load(std::memory_order_seq_cst) != 0) RunBarrierEverywhere();
    if (nothing() && (other_.state.load(std::memory_order_seq_cst) & RingEnd::kClosed) == 0) {
      ::syscall(SYS_futex, &own_.state, FUTEX_WAIT, RingEnd::kAsleep, nullptr, nullptr, 0);
    }
    own_.state.fetch_and(~RingEnd::kAsleep, std::memory_order_relaxed);
  }

  // Tells the other end that this one is gone.
  void Close() {
    own_.state.fetch_or(RingEnd::kClosed, std::memory_order_seq_cst);
    if ((other_.state.load(std::memory_order_seq_cst) & RingEnd::kAsleep) != 0) Wake();
  }

 private:
  void Wake() {
    const uint32_t before = other_.state.fetch_and(~RingEnd::kAsleep, std::memory_order_acq_rel);
    if ((before & RingEnd::kAsleep) == 0) return;  // it woke by itself
    ::syscall(SYS_futex, &other_.state, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  }

  RingEnd& own_;
  RingEnd& other_;
  bool may_be_quiet_ = false;
  bool quiet_ = false;
};

}  // namespace ipclab
