// How a single-producer single-consumer ring lies in shared memory: two positions, what each end
// tells the other one, and the slots. Zero bytes are a valid empty ring. Both ends compute the same
// layout from the same request; nothing in the memory describes it.
//
// A flagged ring publishes each message by the last word of its slot, so that a message of one
// cache line costs the way of one line and not of two. A whole message leaves no room for a flag:
// the word carries the message's own last bytes, mixed with a number of the position. Both ends
// know what the slot's last word was a round before; when it changes, the message is there. Once in
// a very long time the new word is the old one: then `unchanged` names the position.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include "common/pages.h"

namespace ipclab {

// Two lines: some processors fetch lines in pairs, and what two CPUs write must not share a pair.
inline constexpr size_t kApart = 2 * kCacheLine;

// What one end tells the other. Written only when it is made, sleeps, closes or first uses
// the Try forms, so that the other one's looks at it stay in its own cache.
struct alignas(kApart) RingEnd {
  static constexpr uint32_t kAsleep = 1;
  static constexpr uint32_t kClosed = 2;

  std::atomic<uint32_t> state;       // the futex word that this end sleeps on
  std::atomic<uint32_t> registered;  // 1: a barrier of the other end's reaches this one
  std::atomic<uint32_t> quiet;       // 1: this end may publish without a barrier, see ring_side.h
};

struct RingMemory {
  // Messages published, ever, where slots have no flag; written by the sender.
  alignas(kApart) std::atomic<uint64_t> sent;
  alignas(kApart) std::atomic<uint64_t> taken;  // slots given back, ever; written by the receiver
  RingEnd sender;
  RingEnd receiver;
  // One more than the position of the newest message whose flag could not change. By the sender.
  alignas(kApart) std::atomic<uint64_t> unchanged;
  // The slots follow.
};
static_assert(std::atomic<uint64_t>::is_always_lock_free);

// The shape of one ring. A value.
struct RingLayout {
  size_t message_bytes = 0;
  size_t slots = 0;  // a power of two
  bool flagged = false;

  // Slots begin on a cache line: no two messages share one.
  constexpr size_t stride() const {
    return (message_bytes + kCacheLine - 1) / kCacheLine * kCacheLine;
  }
  constexpr size_t bytes() const { return RoundToPages(sizeof(RingMemory) + slots * stride()); }

  // What lies before the last word of a slot, and what of it is in that word.
  constexpr size_t body_bytes() const { return std::min(message_bytes, stride() - kFlagBytes); }
  constexpr size_t tail_bytes() const { return message_bytes - body_bytes(); }

  std::atomic<uint64_t>& FlagOf(std::byte* slot) const {
    return *std::launder(reinterpret_cast<std::atomic<uint64_t>*>(slot + stride() - kFlagBytes));
  }

  // What the last word at this position is mixed with: of any two positions another one.
  static constexpr uint64_t MixOf(uint64_t position) { return (position + 1) * 0x9e3779b97f4a7c15; }

  std::byte* First(RingMemory& memory) const {
    return reinterpret_cast<std::byte*>(&memory) + sizeof(RingMemory);
  }

  static constexpr size_t kFlagBytes = sizeof(std::atomic<uint64_t>);
};

}  // namespace ipclab
