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
  // taken_out: how many bytes of a message are copied out; what lies behind them stays in the ring,
  // and nobody reads it.
  RingReceiver(RingMemory& memory, const RingLayout& layout, size_t taken_out)
      : memory_(memory),
        side_(memory.receiver, memory.sender),
        layout_(layout),
        stride_(layout.stride()),
        mask_(layout.slots - 1),
        body_bytes_(layout.body_bytes()),
        tail_bytes_(layout.tail_bytes()),
        taken_out_(taken_out),
        at_once_(std::max<uint64_t>(1, layout.slots / (layout.slots < kFew ? 2 : kShare))),
        begin_(layout.First(memory)),
        flags_(layout.flagged ? layout.slots : 0) {}
  RingReceiver(const RingReceiver&) = delete;
  RingReceiver& operator=(const RingReceiver&) = delete;
  ~RingReceiver() { side_.Close(); }

  RingSide& side() { return side_; }

  // Takes the next message if there is one, without waiting.
  IPCLAB_INLINE IoStatus TryReceive(std::span<std::byte> message) {
    uint64_t flag = 0;
    if (!FindMessage(flag)) {
      if (taken_ != given_back_) GiveBackQuietly();
      // The slot comes along with what announces it, not after it.
      if (!layout_.flagged) __builtin_prefetch(SlotAt(taken_ & mask_));
      if (!side_.OtherIsClosed()) [[likely]] {
        return IoStatus::kWouldBlock;
      }
      if (!FindMessage(flag)) return IoStatus::kPeerClosed;  // It may have sent before it went.
    }
    Read(message, flag);
    if (taken_ - given_back_ >= at_once_) GiveBackQuietly();
    return IoStatus::kOk;
  }

  // The same; sleeps until there is one.
  IoStatus Receive(std::span<std::byte> message) {
    uint64_t flag = 0;
    while (!FindMessage(flag)) {
      if (side_.OtherIsClosed()) {
        if (FindMessage(flag)) break;
        return IoStatus::kPeerClosed;
      }
      GiveBack();
      side_.SleepWhile([this] { return !IsThere(taken_, std::memory_order_seq_cst); });
    }
    Read(message, flag);
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

  void GiveBack() {
    if (taken_ == given_back_) return;
    given_back_ = taken_;
    side_.PublishWithBarrier(memory_.taken, taken_);
  }

  void GiveBackQuietly() {
    given_back_ = taken_;
    side_.Publish(memory_.taken, taken_);
  }

  std::byte* SlotAt(size_t index) const { return begin_ + index * stride_; }

  // True when there is a message to read; flag is then its last word as it lies there. Without
  // flags it looks at the sender's position, which costs a cache line, only when all that is known
  // of is taken.
  IPCLAB_INLINE bool FindMessage(uint64_t& flag) {
    if (layout_.flagged) {
      const size_t index = taken_ & mask_;
      flag = layout_.FlagOf(SlotAt(index)).load(std::memory_order_acquire);
      return flag != flags_[index] ||
             memory_.unchanged.load(std::memory_order_acquire) == taken_ + 1;
    }
    if (taken_ != known_) return true;
    known_ = memory_.sent.load(std::memory_order_acquire);
    return taken_ != known_;
  }

  // Looks whether the message of this position is there. Of those that are not taken.
  bool IsThere(uint64_t position, std::memory_order order) const {
    if (!layout_.flagged) return memory_.sent.load(order) > position;
    const size_t index = position & mask_;
    return layout_.FlagOf(SlotAt(index)).load(order) != flags_[index] ||
           memory_.unchanged.load(order) == position + 1;
  }

  // After FindMessage.
  IPCLAB_INLINE void Read(std::span<std::byte> message, uint64_t flag) {
    if (taken_out_ < layout_.message_bytes) {
      if (layout_.flagged) flags_[taken_ & mask_] = flag;
      CopyMessage(message.data(), SlotAt(taken_ & mask_), taken_out_);
    } else if (layout_.flagged) {
      ReadFlagged(message, flag);
    } else {
      CopyMessage(message.data(), SlotAt(taken_ & mask_), message.size());
    }
    ++taken_;
  }

  IPCLAB_INLINE void ReadFlagged(std::span<std::byte> message, uint64_t flag) {
    const size_t index = taken_ & mask_;
    flags_[index] = flag;
    CopyMessage(message.data(), SlotAt(index), body_bytes_);
    const uint64_t word = flag ^ RingLayout::MixOf(taken_);
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
  const uint64_t mask_;  // from a position to its slot
  const size_t body_bytes_;
  const size_t tail_bytes_;
  const size_t taken_out_;
  const uint64_t at_once_;
  std::byte* const begin_;
  uint64_t taken_ = 0;
  uint64_t given_back_ = 0;
  uint64_t known_ = 0;           // messages known to be published
  std::vector<uint64_t> flags_;  // what each slot's was when it was read
};

}  // namespace ipclab
