// The sending end of a ring: the only one that writes slots and says that they are written. Used by
// one thread; the memory must outlive it. Header only: it is the measured path.
//
// What holds a sender up is that its stores wait in line for the slots' cache lines, which the
// other CPU has. Every store that is spared per message, to its own memory too, lets it ask for
// more lines at a time. So there is little state, and nothing is passed in memory.
#pragma once

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

class RingSender {
 public:
  // batch: messages that are written before they are published; 1 publishes each at once. More than
  // one only where slots have no flag.
  RingSender(RingMemory& memory, const RingLayout& layout, uint64_t batch)
      : memory_(memory),
        side_(memory.sender, memory.receiver),
        layout_(layout),
        stride_(layout.stride()),
        mask_(layout.slots - 1),
        body_bytes_(layout.body_bytes()),
        tail_bytes_(layout.tail_bytes()),
        batch_(batch),
        begin_(layout.First(memory)),
        limit_(layout.slots),
        flags_(layout.flagged ? layout.slots : 0) {}
  RingSender(const RingSender&) = delete;
  RingSender& operator=(const RingSender&) = delete;
  ~RingSender() {
    Flush();
    side_.Close();
  }

  RingSide& side() { return side_; }

  // Sends a message if there is room, without waiting.
  IPCLAB_INLINE IoStatus TrySend(std::span<const std::byte> message) {
    if (side_.OtherIsClosed()) [[unlikely]] {
      return IoStatus::kPeerClosed;
    }
    if (written_ == limit_ && !FindRoom()) [[unlikely]] {
      Flush();  // Or the receiver, who finds nothing, would never make room.
      return IoStatus::kWouldBlock;
    }
    if (layout_.flagged) return TryFlagged<false>(message);
    Write(message);
    if (written_ - published_ >= batch_) {
      published_ = written_;
      side_.Publish(memory_.sent, written_);
    }
    return IoStatus::kOk;
  }

  // The same; sleeps until there is room.
  IoStatus Send(std::span<const std::byte> message) {
    while (true) {
      if (side_.OtherIsClosed()) [[unlikely]] {
        return IoStatus::kPeerClosed;
      }
      if (written_ != limit_ || FindRoom()) {
        if (!layout_.flagged) break;
        if (TryFlagged<true>(message) == IoStatus::kOk) return IoStatus::kOk;
      }
      Flush();
      side_.SleepWhile([&, seen = limit_ - layout_.slots] {
        return memory_.taken.load(std::memory_order_seq_cst) == seen;
      });
    }
    Write(message);
    if (written_ - published_ >= batch_) Flush();
    return IoStatus::kOk;
  }

  // Publishes what was written.
  void Flush() {
    if (layout_.flagged || written_ == published_) return;
    published_ = written_;
    side_.PublishWithBarrier(memory_.sent, written_);
  }

 private:
  // Looks at the receiver's position, which costs a cache line, only when no room is left that is
  // known of.
  bool FindRoom() {
    limit_ = memory_.taken.load(std::memory_order_acquire) + layout_.slots;
    return written_ != limit_;
  }

  void Write(std::span<const std::byte> message) {
    CopyMessage(SlotAt(written_ & mask_), message.data(), message.size());
    ++written_;
  }

  std::byte* SlotAt(size_t index) const { return begin_ + index * stride_; }

  // Writes into a slot that is free, and publishes it by its flag. kWouldBlock when that cannot
  // change, and the one before that could not was not taken yet.
  template <bool kBarrier>
  IPCLAB_INLINE IoStatus TryFlagged(std::span<const std::byte> message) {
    const std::byte* const tail = message.data() + body_bytes_;
    const uint64_t word = (tail_bytes_ == sizeof(uint64_t) ? LoadWord(tail) : ShortTail(tail)) ^
                          RingLayout::MixOf(written_);
    const size_t index = written_ & mask_;
    const bool unchanged = word == flags_[index];
    if (unchanged && !TakenUpTo(unchanged_)) [[unlikely]] {
      return IoStatus::kWouldBlock;
    }
    flags_[index] = word;
    std::byte* const slot = SlotAt(index);
    ++written_;
    CopyMessage(slot, message.data(), body_bytes_);
    std::atomic<uint64_t>& flag = layout_.FlagOf(slot);
    if (unchanged) [[unlikely]] {
      unchanged_ = written_;
      side_.PublishWithBarrier(memory_.unchanged, written_);
    } else if (kBarrier) {
      side_.PublishWithBarrier(flag, word);
    } else {
      side_.Publish(flag, word);
    }
    return IoStatus::kOk;
  }

  [[gnu::noinline]] uint64_t ShortTail(const std::byte* tail) const {
    uint64_t word = 0;
    std::memcpy(&word, tail, tail_bytes_);
    return word;
  }

  // Keeps what was seen, for who sleeps until it has changed.
  bool TakenUpTo(uint64_t position) {
    limit_ = memory_.taken.load(std::memory_order_acquire) + layout_.slots;
    return limit_ - layout_.slots >= position;
  }

  RingMemory& memory_;
  RingSide side_;
  const RingLayout layout_;
  const size_t stride_;
  const uint64_t mask_;  // from a position to its slot
  const size_t body_bytes_;
  const size_t tail_bytes_;
  const uint64_t batch_;
  std::byte* const begin_;
  uint64_t written_ = 0;
  uint64_t published_ = 0;
  uint64_t limit_;               // may write until written_ is this
  uint64_t unchanged_ = 0;       // as in the memory
  std::vector<uint64_t> flags_;  // what each slot's is
};

}  // namespace ipclab
