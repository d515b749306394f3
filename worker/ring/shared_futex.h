// One word in shared memory where threads of any process sleep until something else in that memory
// has changed. No wake-up is lost, and nobody makes a system call unless somebody sleeps.
//
// Who waits:                              Who changes something:
//   while (!Ready()) {                      Publish();
//     const uint32_t mark = futex.Mark();   futex.Wake();
//     if (Ready()) break;
//     futex.Sleep(mark);
//   }
//
// Used by any number of threads at once. Zero bytes are a valid start.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdint>

namespace ipclab {

class SharedFutex {
 public:
  // Says that somebody is about to sleep. What is awaited must be looked at again afterwards.
  uint32_t Mark() {
    uint32_t word = word_.load(std::memory_order_relaxed);
    while ((word & kAwaited) == 0 &&
           !word_.compare_exchange_weak(word, word | kAwaited, std::memory_order_relaxed)) {
    }
    // The pair of the one in Wake: of the two sides at least one sees what the other one wrote.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return word | kAwaited;
  }

  // Sleeps until somebody wakes those who marked. It may return early. False when that did not come
  // for so long.
  bool Sleep(uint32_t mark, const timespec* patience = nullptr) {
    return ::syscall(SYS_futex, &word_, FUTEX_WAIT, mark, patience, nullptr, 0) == 0 ||
           errno != ETIMEDOUT;
  }

  // Wakes all who have marked. Who waits for one of many things cannot be told from outside, so
  // waking a single one would let another sleep beside what is there for it.
  void Wake() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    uint32_t word = word_.load(std::memory_order_relaxed);
    if ((word & kAwaited) == 0) [[likely]] {
      return;
    }
    // Adding one takes the mark away and makes a new word, so that who has not slept yet does not.
    // Where this fails, another one has woken them.
    if (word_.compare_exchange_strong(word, word + 1, std::memory_order_release,
                                      std::memory_order_relaxed)) {
      ::syscall(SYS_futex, &word_, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
    }
  }

 private:
  static constexpr uint32_t kAwaited = 1;

  std::atomic<uint32_t> word_;
  static_assert(std::atomic<uint32_t>::is_always_lock_free);
};

}  // namespace ipclab
