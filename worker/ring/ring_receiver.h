// The receiving end of a ring: the only one that gives slots back. Used by one thread; the memory
// must outlive it. Header only: it is the measured path.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "worker/always_inline.h"
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
        layout_(layout),
        stride_(layout.stride()),
        body_bytes_(layout.body_bytes()),
        tail_bytes_(layout.tail_bytes()),
        at_once_(std::max<uint64_t>(1, layout.slots / (layout.slots < kFew ? 2 : kShare))),
        begin_(layout.First(memory)),
        next_(begin_),
        flags_(layout.flagged ? layout.slots : 0) {}
  RingReceiver(const RingReceiver&) = delete;
  RingReceiver& operator=(const RingReceiver&) = delete;
  ~RingReceiver() { side_.Close(); }

  RingSide& side() { return side_; }

  // Takes the next message if there is one, without waiting.
  IPCLAB_INLINE IoStatus TryReceive(std::span<std::byte> message) {
    if (!FindMessage()) {
      if (taken_ != given_back_) GiveBackQuietly();
      // The slot comes along with what announces it, not after it.
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
    while (!FindMessage()) {
      if (side_.OtherIsClosed()) {
        if (FindMessage()) break;
        return IoStatus::kPeerClosed;
      }
      GiveBack();
      side_.SleepWhile([this] { return !IsThere(taken_, std::memory_order_seq_cst); });
    }
    Read(message);
    if (taken_ - given_back_ >= at_once_) GiveBack();
    return IoStatus::kOk;
  }

  // Messages that are published and not taken.
  int64_t Depth() const {
    if (!layout_.flagged) {
      return static_cast<int64_t>(memory_.sent.load(std::memory_order_acquire) - taken_);
    }
    uint64_t there = 0;
    while (there < layout_.slots && IsThere(taken_ + there, std::memory_order_acquire)) ++there;
    return static_cast<int64_t>(there);
  }

 private:
  // Slots go back to the sender a share of the ring at a time, and all when nothing is left to
  // take. One by one, a sender that waits for room would take the position's cache line away at
  // every message; and an echo would wait in the store buffer behind the position.
  static constexpr uint64_t kShare = 8;
  static constexpr uint64_t kFew = 32;  // slots, of which half is given back at a time

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

  // True when there is a message to read. Without flags it looks at the sender's position, which
  // costs a cache line, only when all that is known of is taken.
  IPCLAB_INLINE bool FindMessage() {
    if (layout_.flagged) {
      flag_ = layout_.FlagOf(next_).load(std::memory_order_acquire);
      return flag_ != flags_[index_] ||
             memory_.unchanged.load(std::memory_order_acquire) == taken_ + 1;
    }
    if (taken_ != known_) return true;
    known_ = memory_.sent.load(std::memory_order_acquire);
    return taken_ != known_;
  }

  // Looks whether the message of this position is there. Of those that are not taken.
  bool IsThere(uint64_t position, std::memory_order order) const {
    if (!layout_.flagged) return memory_.sent.load(order) > position;
    const size_t slot = (index_ + (position - taken_)) % layout_.slots;
    return layout_.FlagOf(begin_ + slot * stride_).load(order) != flags_[slot] ||
           memory_.unchanged.load(order) == position + 1;
  }

  // After FindMessage.
  IPCLAB_INLINE void Read(std::span<std::byte> message) {
    __builtin_prefetch(next_ + kAhead * stride_);
    if (layout_.flagged) {
      ReadFlagged(message);
    } else {
      CopyMessage(message.data(), next_, message.size());
    }
    ++taken_;
    next_ += stride_;
    if (++index_ == layout_.slots) {
      index_ = 0;
      next_ = begin_;
    }
  }

  IPCLAB_INLINE void ReadFlagged(std::span<std::byte> message) {
    flags_[index_] = flag_;
    CopyMessage(message.data(), next_, body_bytes_);
    const uint64_t word = flag_ ^ RingLayout::MixOf(taken_);
    std::byte* const tail = message.data() + body_bytes_;
    if (tail_bytes_ == sizeof word) [[likely]] {
      std::memcpy(tail, &word, sizeof word);
    } else {
      std::memcpy(tail, &word, tail_bytes_);
    }
  }

  RingMemory& memory_;
  RingSide side_;
  const RingLayout layout_;
  const size_t stride_;
  const size_t body_bytes_;
  const size_t tail_bytes_;
  const uint64_t at_once_;
  std::byte* const begin_;
  std::byte* next_;
  size_t index_ = 0;  // of the slot at next_
  uint64_t taken_ = 0;
  uint64_t given_back_ = 0;
  uint64_t known_ = 0;           // messages known to be published
  uint64_t flag_ = 0;            // of the slot at next_, as it was seen last
  std::vector<uint64_t> flags_;  // what each slot's was when it was read
};

}  // namespace ipclab
