// A bounded ring for any number of senders and receivers in shared memory, after Dmitry Vyukov: a
// sender takes a position, writes the slot, and publishes it by the slot's own sequence number;
// receivers do the same the other way. Nobody takes a lock, and positions are taken in order.
//
// A slot's sequence says whose turn it is: position p may be written when it is p, read when it is
// p + 1, and written again, a round later, when it is p + slots.
//
// Senders and receivers are used by one thread each; the memory must outlive them. Header only: it
// is the measured path.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "common/pages.h"
#include "worker/channel.h"
#include "worker/ring/copy_message.h"
#include "worker/ring/ring_memory.h"
#include "worker/ring/shared_futex.h"

namespace ipclab {

struct MpmcHeader {
  alignas(kApart) std::atomic<uint64_t> tail;  // the next position to send at
  alignas(kApart) std::atomic<uint64_t> head;  // the next one to receive from
  // Ends that are not closed. Written so seldom that looking costs nothing.
  alignas(kApart) std::atomic<uint32_t> senders;
  std::atomic<uint32_t> receivers;
  alignas(kApart) SharedFutex arrived;  // receivers sleep here
  alignas(kApart) SharedFutex room;     // senders
};

struct MpmcSlot {
  std::atomic<uint64_t> sequence;
  // The message follows.

  std::byte* message() { return reinterpret_cast<std::byte*>(this + 1); }
};

// What both kinds of ends know of a ring.
class MpmcView {
 public:
  MpmcView(void* ring, size_t slots, size_t stride)
      : header_(*std::launder(static_cast<MpmcHeader*>(ring))),
        slots_(static_cast<std::byte*>(ring) + sizeof(MpmcHeader)),
        mask_(slots - 1),
        stride_(stride) {}

  MpmcHeader& header() const { return header_; }
  MpmcSlot& At(uint64_t position) const {
    return *std::launder(reinterpret_cast<MpmcSlot*>(slots_ + (position & mask_) * stride_));
  }
  uint64_t slots() const { return mask_ + 1; }

  // Takes the next position of this counter whose slot has the sequence position + ahead. Null when
  // that slot is not ready.
  MpmcSlot* Take(std::atomic<uint64_t>& counter, uint64_t ahead, uint64_t& position) const {
    position = counter.load(std::memory_order_relaxed);
    while (true) {
      MpmcSlot& slot = At(position);
      const uint64_t sequence = slot.sequence.load(std::memory_order_acquire);
      const int64_t late = static_cast<int64_t>(sequence - (position + ahead));
      if (late < 0) return nullptr;
      if (late > 0) {  // Another one was here first.
        position = counter.load(std::memory_order_relaxed);
      } else if (counter.compare_exchange_weak(position, position + 1, std::memory_order_relaxed)) {
        return &slot;
      }
    }
  }

 private:
  MpmcHeader& header_;
  std::byte* const slots_;
  const uint64_t mask_;
  const size_t stride_;
};

class MpmcSender {
 public:
  explicit MpmcSender(const MpmcView& ring) : ring_(ring) {}

  IoStatus TrySend(std::span<const std::byte> message) {
    if (ring_.header().receivers.load(std::memory_order_relaxed) == 0) [[unlikely]] {
      return IoStatus::kPeerClosed;
    }
    uint64_t position;
    MpmcSlot* const slot = ring_.Take(ring_.header().tail, 0, position);
    if (slot == nullptr) return IoStatus::kWouldBlock;
    CopyMessage(slot->message(), message.data(), message.size());
    slot->sequence.store(position + 1, std::memory_order_release);
    return IoStatus::kOk;
  }

  void Notify() { ring_.header().arrived.Wake(); }
  SharedFutex& futex() { return ring_.header().room; }

  void Close() {
    ring_.header().senders.fetch_sub(1, std::memory_order_release);
    Notify();
  }

 private:
  MpmcView ring_;
};

class MpmcReceiver {
 public:
  explicit MpmcReceiver(const MpmcView& ring) : ring_(ring) {}

  IoStatus TryReceive(std::span<std::byte> message) {
    MpmcHeader& header = ring_.header();
    uint64_t position;
    MpmcSlot* slot = ring_.Take(header.head, 1, position);
    if (slot == nullptr) {
      if (header.senders.load(std::memory_order_acquire) != 0) return IoStatus::kWouldBlock;
      slot = ring_.Take(header.head, 1, position);  // The last one may have sent before it went.
      if (slot == nullptr) return IoStatus::kPeerClosed;
    }
    CopyMessage(message.data(), slot->message(), message.size());
    slot->sequence.store(position + ring_.slots(), std::memory_order_release);
    return IoStatus::kOk;
  }

  void Notify() { ring_.header().room.Wake(); }
  SharedFutex& futex() { return ring_.header().arrived; }

  // Messages that wait, those included that somebody is just writing or reading.
  int64_t Depth() const {
    const uint64_t head = ring_.header().head.load(std::memory_order_relaxed);
    const uint64_t tail = ring_.header().tail.load(std::memory_order_relaxed);
    return tail > head ? static_cast<int64_t>(tail - head) : 0;
  }

  void Close() {
    ring_.header().receivers.fetch_sub(1, std::memory_order_release);
    Notify();
  }

 private:
  MpmcView ring_;
};

struct MpmcLayout {
  using Writer = MpmcSender;
  using Reader = MpmcReceiver;
  static constexpr bool kMayWaitInVain = false;

  size_t message_bytes;
  size_t slots;  // a power of two, 2 at least: in a ring of one, full and empty look the same
  uint32_t senders = 1;
  uint32_t receivers = 1;

  // Slots begin on a cache line: no two messages share one.
  size_t stride() const {
    return (sizeof(MpmcSlot) + message_bytes + kCacheLine - 1) / kCacheLine * kCacheLine;
  }
  size_t bytes() const { return RoundToPages(sizeof(MpmcHeader) + slots * stride()); }

  void Format(void* zeroed) const {
    const MpmcView ring(zeroed, slots, stride());
    ring.header().senders.store(senders, std::memory_order_relaxed);
    ring.header().receivers.store(receivers, std::memory_order_relaxed);
    for (uint64_t position = 0; position < slots; ++position) {
      ring.At(position).sequence.store(position, std::memory_order_relaxed);
    }
  }
  Writer MakeWriter(void* ring) const { return Writer(MpmcView(ring, slots, stride())); }
  Reader MakeReader(void* ring) const { return Reader(MpmcView(ring, slots, stride())); }
};

}  // namespace ipclab
