// The latest value of one writer, for any number of readers, in shared memory. The writer never
// waits for anybody: it makes the version odd, writes, and makes it even again. A reader copies
// between two looks at the version and throws away what was written meanwhile: a torn read. It
// waits for a version that it has not seen; what was overwritten before, it never sees.
//
// Writer and readers are used by one thread each; the memory must outlive them. Header only: it is
// the measured path.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "common/pages.h"
#include "worker/channel.h"
#include "worker/ring/atomic_words.h"
#include "worker/ring/ring_memory.h"
#include "worker/ring/shared_futex.h"

namespace ipclab {

struct SeqlockMemory {
  alignas(kApart) std::atomic<uint64_t> version;  // twice the values written; odd: one is under way
  // Ends that are not closed. Written so seldom that looking costs nothing.
  alignas(kApart) std::atomic<uint32_t> writers;
  std::atomic<uint32_t> readers;
  alignas(kApart) SharedFutex arrived;  // readers sleep here
  alignas(kApart) SharedFutex unused;   // nobody ever waits for room
  // The value follows.

  AtomicWord* words() { return std::launder(reinterpret_cast<AtomicWord*>(this + 1)); }
};

class SeqlockWriter {
 public:
  explicit SeqlockWriter(SeqlockMemory& memory) : memory_(memory) {}

  // Always succeeds while there is a reader.
  IoStatus TrySend(std::span<const std::byte> value) {
    if (memory_.readers.load(std::memory_order_relaxed) == 0) [[unlikely]] {
      return IoStatus::kPeerClosed;
    }
    Begin();
    StoreWords(memory_.words(), value);
    End();
    return IoStatus::kOk;
  }

  // The two halves around the writing of words.
  void Begin() {
    const uint64_t version = memory_.version.load(std::memory_order_relaxed);
    memory_.version.store(version + 1, std::memory_order_relaxed);
    // Who reads a new word reads at least the odd version afterwards.
    std::atomic_thread_fence(std::memory_order_release);
  }
  void End() {
    const uint64_t version = memory_.version.load(std::memory_order_relaxed);
    memory_.version.store(version + 1, std::memory_order_release);
  }

  void Notify() { memory_.arrived.Wake(); }
  SharedFutex& futex() { return memory_.unused; }

  void Close() {
    memory_.writers.fetch_sub(1, std::memory_order_release);
    Notify();
  }

 private:
  SeqlockMemory& memory_;
};

class SeqlockReader {
 public:
  explicit SeqlockReader(SeqlockMemory& memory) : memory_(memory) {}

  // Copies the latest value unless it was seen before. kWouldBlock too when the writer is in the
  // middle of one, or was in each of some tries: then the value is not there yet.
  IoStatus TryReceive(std::span<std::byte> value) {
    for (int tries = 0; tries < kTries; ++tries) {
      uint64_t before = memory_.version.load(std::memory_order_acquire);
      if (before / 2 == seen_) {
        if (memory_.writers.load(std::memory_order_acquire) != 0) return IoStatus::kWouldBlock;
        before = memory_.version.load(std::memory_order_acquire);  // It may have written and gone.
        if (before / 2 == seen_) return IoStatus::kPeerClosed;
      }
      if (before % 2 != 0) continue;
      LoadWords(value, memory_.words());
      // The look at the version stays behind the copy.
      std::atomic_thread_fence(std::memory_order_acquire);
      if (memory_.version.load(std::memory_order_relaxed) == before) {
        seen_ = before / 2;
        return IoStatus::kOk;
      }
      ++torn_;
    }
    return IoStatus::kWouldBlock;
  }

  // Nobody waits for what readers do.
  void Notify() {}
  SharedFutex& futex() { return memory_.arrived; }

  void Close() { memory_.readers.fetch_sub(1, std::memory_order_release); }

  // 1 when there is a value that was not seen.
  int64_t Depth() const {
    return memory_.version.load(std::memory_order_relaxed) / 2 != seen_ ? 1 : 0;
  }

  // Copies that were thrown away.
  uint64_t torn() const { return torn_; }

 private:
  static constexpr int kTries = 64;

  SeqlockMemory& memory_;
  uint64_t seen_ = 0;  // the number of the last value received
  uint64_t torn_ = 0;
};

struct SeqlockLayout {
  using Writer = SeqlockWriter;
  using Reader = SeqlockReader;
  static constexpr bool kMayWaitInVain = true;

  size_t message_bytes;
  uint32_t readers = 1;

  size_t bytes() const {
    return RoundToPages(sizeof(SeqlockMemory) + WordsFor(message_bytes) * sizeof(AtomicWord));
  }

  void Format(void* zeroed) const {
    SeqlockMemory& memory = At(zeroed);
    memory.writers.store(1, std::memory_order_relaxed);
    memory.readers.store(readers, std::memory_order_relaxed);
  }
  Writer MakeWriter(void* ring) const { return Writer(At(ring)); }
  Reader MakeReader(void* ring) const { return Reader(At(ring)); }

 private:
  static SeqlockMemory& At(void* ring) { return *std::launder(static_cast<SeqlockMemory*>(ring)); }
};

}  // namespace ipclab
