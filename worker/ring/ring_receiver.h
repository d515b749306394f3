// The receiving end of a ring: the only one that moves `taken` on. Used by one thread; the memory
// must outlive it. Header only: it is the measured path.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "worker/channel.h"
#include "worker/ring/copy_message.h"
#include "worker/ring/ring_memory.h"
#include "worker/ring/ring_side.h"

namespace ipclab {

class RingReceiver {
 public:
  RingReceiver(RingMemory& memory, const RingLayout& layout)
      : memory_(memory),
        side_(memory.receiver, memory.sender),
        stride_(layout.stride()),
        at_once_(std::max<uint64_t>(1, layout.slots / kShare)),
        begin_(layout.First(memory)),
        end_(begin_ + layout.slots * layout.stride()),
        next_(begin_) {}
  RingReceiver(const RingReceiver&) = delete;
  RingReceiver& operator=(const RingReceiver&) = delete;
  ~RingReceiver() { side_.Close(); }

  RingSide& side() { return side_; }

  // Takes the next message if there is one, without waiting.
  IoStatus TryReceive(std::span<std::byte> message) {
    if (taken_ == known_ && !FindMessage()) [[unlikely]] {
      if (taken_ != given_back_) GiveBackQuietly();
      // The slot comes along with the position that announces it, not after it.
      __builtin_prefetch(next_);
      if (!side_.OtherIsClosed()) [[likely]] {
        return IoStatus::kWouldBlock;
      }
      if (!FindMessage()) return IoStatus::kPeerClosed;  // It may have sent before it went.
    }
    Read(message);
    if (taken_ - given_back_ >= at_once_) GiveBackQuietly();
    return IoStatus::kOk;
  }

  // The same; sleeps until there is one.
  IoStatus Receive(std::span<std::byte> message) {
    while (taken_ == known_ && !FindMessage()) {
      if (side_.OtherIsClosed()) {
        if (FindMessage()) break;
        return IoStatus::kPeerClosed;
      }
      GiveBack();
      side_.Sleep(memory_.sent, taken_);
    }
    Read(message);
    if (taken_ - given_back_ >= at_once_) GiveBack();
    return IoStatus::kOk;
  }

  // Messages that are published and not taken.
  int64_t Depth() const {
    return static_cast<int64_t>(memory_.sent.load(std::memory_order_acquire) - taken_);
  }

 private:
  // Slots go back to the sender a share of the ring at a time, and all when nothing is left to
  // take. One by one, a sender that waits for room would take the position's cache line away at
  // every message.
  static constexpr uint64_t kShare = 8;

  // How many slots ahead a line is fetched. Past the end of the ring that does nothing.
  static constexpr size_t kAhead = 8;

  void GiveBack() {
    if (taken_ == given_back_) return;
    given_back_ = taken_;
    side_.PublishWithBarrier(memory_.taken, taken_);
  }

  void GiveBackQuietly() {
    given_back_ = taken_;
    side_.Publish(memory_.taken, taken_);
  }

  // Looks at the sender's position, which costs a cache line, only when all that is known of is
  // taken.
  bool FindMessage() {
    known_ = memory_.sent.load(std::memory_order_acquire);
    return taken_ != known_;
  }

  void Read(std::span<std::byte> message) {
    __builtin_prefetch(next_ + kAhead * stride_);
    CopyMessage(message.data(), next_, message.size());
    next_ += stride_;
    if (next_ == end_) next_ = begin_;
    ++taken_;
  }

  RingMemory& memory_;
  RingSide side_;
  const size_t stride_;
  const uint64_t at_once_;
  std::byte* const begin_;
  std::byte* const end_;
  std::byte* next_;
  uint64_t taken_ = 0;
  uint64_t given_back_ = 0;
  uint64_t known_ = 0;  // messages known to be published
};

}  // namespace ipclab
