// One producer whose every message each of N consumers sees, in shared memory. What becomes of a
// consumer that is a whole ring behind is chosen at creation: the producer waits for it, or drops
// the oldest messages and goes on.
//
// Where it waits, each consumer's cursor tells how far it is, and nobody touches what another one
// writes. Where it drops, a consumer may be reading what is being overwritten: each slot is a
// seqlock of its own, and what was torn is thrown away.
//
// Producer and consumers are used by one thread each; the memory must outlive them. Header only: it
// is the measured path.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <span>

#include "common/pages.h"
#include "worker/channel.h"
#include "worker/ring/atomic_words.h"
#include "worker/ring/copy_message.h"
#include "worker/ring/ring_memory.h"
#include "worker/ring/shared_futex.h"

namespace ipclab {

enum class Lagging : uint8_t { kWait, kDropOldest };

struct BroadcastHeader {
  alignas(kApart) std::atomic<uint64_t> tail;  // messages published
  // Ends that are not closed. Written so seldom that looking costs nothing.
  alignas(kApart) std::atomic<uint32_t> producers;
  std::atomic<uint32_t> consumers;
  std::atomic<uint32_t> cursors_taken;  // by consumers, as they came
  alignas(kApart) SharedFutex arrived;  // consumers sleep here
  alignas(kApart) SharedFutex room;     // the producer
};

struct alignas(kApart) BroadcastCursor {
  static constexpr uint64_t kGone = std::numeric_limits<uint64_t>::max();

  std::atomic<uint64_t> next;  // the message that this consumer wants; kGone: it is closed
};

struct BroadcastSlot {
  std::atomic<uint64_t> version;  // of message p: 2p + 1 while it is written, 2p + 2 afterwards
  // The message follows.

  std::byte* message() { return reinterpret_cast<std::byte*>(this + 1); }
  AtomicWord* words() { return std::launder(reinterpret_cast<AtomicWord*>(this + 1)); }
};

// Where things lie: the header, the cursors, the slots.
class BroadcastView {
 public:
  BroadcastView(void* ring, size_t slots, size_t stride, uint32_t consumers, Lagging lagging)
      : header_(*std::launder(static_cast<BroadcastHeader*>(ring))),
        cursors_(std::launder(reinterpret_cast<BroadcastCursor*>(static_cast<std::byte*>(ring) +
                                                                 sizeof(BroadcastHeader)))),
        slots_(reinterpret_cast<std::byte*>(cursors_ + consumers)),
        mask_(slots - 1),
        stride_(stride),
        consumers_(consumers),
        lagging_(lagging) {}

  BroadcastHeader& header() const { return header_; }
  std::span<BroadcastCursor> cursors() const { return {cursors_, consumers_}; }
  BroadcastSlot& At(uint64_t position) const {
    return *std::launder(reinterpret_cast<BroadcastSlot*>(slots_ + (position & mask_) * stride_));
  }
  uint64_t slots() const { return mask_ + 1; }
  bool drops() const { return lagging_ == Lagging::kDropOldest; }

 private:
  BroadcastHeader& header_;
  BroadcastCursor* const cursors_;
  std::byte* const slots_;
  const uint64_t mask_;
  const size_t stride_;
  const uint32_t consumers_;
  const Lagging lagging_;
};

class BroadcastProducer {
 public:
  explicit BroadcastProducer(const BroadcastView& ring) : ring_(ring) {}

  IoStatus TrySend(std::span<const std::byte> message) {
    BroadcastHeader& header = ring_.header();
    if (header.consumers.load(std::memory_order_relaxed) == 0) [[unlikely]] {
      return IoStatus::kPeerClosed;
    }
    if (ring_.drops()) {
      Overwrite(ring_.At(next_), message);
    } else {
      if (next_ - slowest_ == ring_.slots() && !FindRoom()) return IoStatus::kWouldBlock;
      CopyMessage(ring_.At(next_).message(), message.data(), message.size());
    }
    header.tail.store(++next_, std::memory_order_release);
    return IoStatus::kOk;
  }

  void Notify() { ring_.header().arrived.Wake(); }
  SharedFutex& futex() { return ring_.header().room; }

  void Close() {
    ring_.header().producers.fetch_sub(1, std::memory_order_release);
    Notify();
  }

 private:
  // Looks at all cursors, each of which costs a cache line, only when the room known of is used up.
  bool FindRoom() {
    slowest_ = next_;
    for (const BroadcastCursor& cursor : ring_.cursors()) {
      slowest_ = std::min(slowest_, cursor.next.load(std::memory_order_acquire));
    }
    return next_ - slowest_ < ring_.slots();
  }

  void Overwrite(BroadcastSlot& slot, std::span<const std::byte> message) const {
    slot.version.store(2 * next_ + 1, std::memory_order_relaxed);
    // Who reads a new word reads at least this version afterwards.
    std::atomic_thread_fence(std::memory_order_release);
    StoreWords(slot.words(), message);
    slot.version.store(2 * next_ + 2, std::memory_order_release);
  }

  BroadcastView ring_;
  uint64_t next_ = 0;
  uint64_t slowest_ = 0;  // no consumer wants an older message than this
};

class BroadcastConsumer {
 public:
  // There are not more consumers than cursors.
  explicit BroadcastConsumer(const BroadcastView& ring)
      : ring_(ring),
        cursor_(
            ring.cursors()[ring.header().cursors_taken.fetch_add(1, std::memory_order_relaxed)]) {}

  IoStatus TryReceive(std::span<std::byte> message) {
    // In some tries: the producer may be faster for a while.
    for (int tries = 0; tries < kTries; ++tries) {
      if (next_ == published_ && !FindMessage()) {
        if (ring_.header().producers.load(std::memory_order_acquire) != 0) break;
        if (!FindMessage()) return IoStatus::kPeerClosed;  // It may have sent before it went.
      }
      if (!ring_.drops()) {
        CopyMessage(message.data(), ring_.At(next_).message(), message.size());
      } else if (!CopyUntorn(ring_.At(next_), message)) {
        SkipDropped();
        continue;
      }
      cursor_.next.store(++next_, std::memory_order_release);
      return IoStatus::kOk;
    }
    return IoStatus::kWouldBlock;
  }

  // Where messages are dropped nobody waits for what consumers do.
  void Notify() {
    if (!ring_.drops()) ring_.header().room.Wake();
  }
  SharedFutex& futex() { return ring_.header().arrived; }

  void Close() {
    cursor_.next.store(BroadcastCursor::kGone, std::memory_order_release);
    ring_.header().consumers.fetch_sub(1, std::memory_order_release);
    ring_.header().room.Wake();
  }

  // Messages that are there and were not received.
  int64_t Depth() const {
    const uint64_t tail = ring_.header().tail.load(std::memory_order_acquire);
    return static_cast<int64_t>(std::min(tail - next_, ring_.slots()));
  }

  // Copies that were thrown away, whose message was dropped before it was read whole.
  uint64_t torn() const { return torn_; }

 private:
  static constexpr int kTries = 64;

  bool FindMessage() {
    published_ = ring_.header().tail.load(std::memory_order_acquire);
    return next_ != published_;
  }

  bool CopyUntorn(BroadcastSlot& slot, std::span<std::byte> message) {
    const uint64_t whole = 2 * next_ + 2;
    if (slot.version.load(std::memory_order_acquire) != whole) return false;
    LoadWords(message, slot.words());
    // The look at the version stays behind the copy.
    std::atomic_thread_fence(std::memory_order_acquire);
    if (slot.version.load(std::memory_order_relaxed) == whole) return true;
    ++torn_;
    return false;
  }

  // Goes on half a ring behind the producer: the oldest message there is would be dropped next.
  void SkipDropped() {
    FindMessage();
    next_ = std::max(next_ + 1, published_ - std::min(published_, ring_.slots() / 2));
    next_ = std::min(next_, published_);
  }

  BroadcastView ring_;
  BroadcastCursor& cursor_;
  uint64_t next_ = 0;
  uint64_t published_ = 0;  // messages known to be published
  uint64_t torn_ = 0;
};

struct BroadcastLayout {
  using Writer = BroadcastProducer;
  using Reader = BroadcastConsumer;
  // Receive waits as long as it takes: the newest messages are never dropped.
  static constexpr bool kMayWaitInVain = false;

  size_t message_bytes;
  size_t slots;  // a power of two, 2 at least: what is read is never what is written next
  Lagging lagging;
  uint32_t consumers = 1;

  // Slots begin on a cache line: no two messages share one.
  size_t stride() const {
    const size_t bytes = sizeof(BroadcastSlot) + WordsFor(message_bytes) * sizeof(AtomicWord);
    return (bytes + kCacheLine - 1) / kCacheLine * kCacheLine;
  }
  size_t bytes() const {
    return RoundToPages(sizeof(BroadcastHeader) + consumers * sizeof(BroadcastCursor) +
                        slots * stride());
  }

  void Format(void* zeroed) const {
    const BroadcastView ring = View(zeroed);
    ring.header().producers.store(1, std::memory_order_relaxed);
    ring.header().consumers.store(consumers, std::memory_order_relaxed);
  }
  Writer MakeWriter(void* ring) const { return Writer(View(ring)); }
  Reader MakeReader(void* ring) const { return Reader(View(ring)); }

 private:
  BroadcastView View(void* ring) const { return {ring, slots, stride(), consumers, lagging}; }
};

}  // namespace ipclab
