// How a single-producer single-consumer ring lies in shared memory: two positions, what each end
// tells the other one, and the slots. Zero bytes are a valid empty ring. Both ends compute the same
// layout from the same request; nothing in the memory describes it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

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
  alignas(kApart) std::atomic<uint64_t> sent;   // messages published, ever; written by the sender
  alignas(kApart) std::atomic<uint64_t> taken;  // slots given back, ever; written by the receiver
  RingEnd sender;
  RingEnd receiver;
  // The slots follow.
};
static_assert(std::atomic<uint64_t>::is_always_lock_free);

// The shape of one ring. A value.
struct RingLayout {
  size_t message_bytes = 0;
  size_t slots = 0;

  // Slots begin on a cache line: no two messages share one.
  constexpr size_t stride() const {
    return (message_bytes + kCacheLine - 1) / kCacheLine * kCacheLine;
  }
  constexpr size_t bytes() const { return RoundToPages(sizeof(RingMemory) + slots * stride()); }

  std::byte* First(RingMemory& memory) const {
    return reinterpret_cast<std::byte*>(&memory) + sizeof(RingMemory);
  }
};

}  // namespace ipclab
