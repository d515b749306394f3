// The least that a ring of one sender and one receiver can be: what the lab's own is held against
// in the same run. It spins, knows nothing of death, and its messages begin with their own number,
// so that a message announces itself. Each end is used by one process.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "common/pages.h"

namespace ipclab::bench {

// How it lies in zeroed shared memory. slots: a power of two.
struct BareRingLayout {
  size_t message_bytes;
  size_t slots;
  uint64_t batch;    // messages that are announced together, by a position; 1: each by itself
  size_t taken_out;  // bytes of a message that its receiver copies

  size_t bytes() const { return kHeaderBytes + slots * message_bytes; }

  static constexpr size_t kHeaderBytes = 4 * kCacheLine;
};

// Both ends of one ring: each process uses one of them.
class BareRing {
 public:
  BareRing(void* memory, const BareRingLayout& layout)
      : sent_(*static_cast<std::atomic<uint64_t>*>(memory)),
        taken_(*reinterpret_cast<std::atomic<uint64_t>*>(static_cast<std::byte*>(memory) +
                                                         2 * kCacheLine)),
        slots_(static_cast<std::byte*>(memory) + BareRingLayout::kHeaderBytes),
        layout_(layout) {}

  // The message begins with its number: 0, 1, 2 and so on.
  void Send(std::span<const std::byte> message) {
    while (next_ - known_taken_ == layout_.slots) {
      Flush();
      known_taken_ = taken_.load(std::memory_order_acquire);
    }
    std::byte* const slot = SlotAt(next_++);
    std::memcpy(slot + sizeof(uint64_t), message.data() + sizeof(uint64_t),
                message.size() - sizeof(uint64_t));
    // Zero bytes are no message.
    reinterpret_cast<std::atomic<uint64_t>*>(slot)->store(next_, std::memory_order_release);
    if (layout_.batch > 1 && next_ % layout_.batch == 0) Flush();
  }

  void Flush() {
    if (layout_.batch > 1) sent_.store(next_, std::memory_order_release);
  }

  void Receive(std::span<std::byte> message) {
    std::byte* const slot = SlotAt(next_);
    if (layout_.batch == 1) {
      while (reinterpret_cast<std::atomic<uint64_t>*>(slot)->load(std::memory_order_acquire) !=
             next_ + 1) {
      }
    } else if (next_ == known_sent_) {
      taken_.store(next_, std::memory_order_release);
      while ((known_sent_ = sent_.load(std::memory_order_acquire)) == next_) {
      }
    }
    uint64_t number;
    std::memcpy(&number, slot, sizeof number);
    --number;
    std::memcpy(message.data(), &number, sizeof number);
    std::memcpy(message.data() + sizeof number, slot + sizeof number,
                layout_.taken_out - sizeof number);
    ++next_;
    constexpr uint64_t kShare = 8;
    if (next_ % std::max<uint64_t>(layout_.slots / kShare, 1) == 0) {
      taken_.store(next_, std::memory_order_release);
    }
  }

 private:
  std::byte* SlotAt(uint64_t position) const {
    return slots_ + (position & (layout_.slots - 1)) * layout_.message_bytes;
  }

  std::atomic<uint64_t>& sent_;
  std::atomic<uint64_t>& taken_;
  std::byte* const slots_;
  const BareRingLayout layout_;
  uint64_t next_ = 0;
  uint64_t known_taken_ = 0;
  uint64_t known_sent_ = 0;
};

// A ring for each way, or one ring, with the face of the lab's channel.
class BareChannel {
 public:
  BareChannel(std::byte* memory, const BareRingLayout& layout, bool duplex, bool host)
      : first_(memory, layout),
        second_(memory + (duplex ? layout.bytes() : 0), layout),
        out_(duplex && !host ? second_ : first_),
        in_(duplex && host ? second_ : first_) {}

  void Send(std::span<const std::byte> message) { out_.Send(message); }
  void Receive(std::span<std::byte> message) { in_.Receive(message); }
  void Flush() { out_.Flush(); }

 private:
  BareRing first_;
  BareRing second_;
  BareRing& out_;
  BareRing& in_;
};

}  // namespace ipclab::bench
