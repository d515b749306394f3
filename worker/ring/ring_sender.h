// The sending end of a ring: the only one that writes slots and moves `sent` on. Used by one
// thread; the memory must outlive it. Header only: it is the measured path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "worker/channel.h"
#include "worker/ring/copy_message.h"
#include "worker/ring/ring_memory.h"
#include "worker/ring/ring_side.h"

namespace ipclab {

class RingSender {
 public:
  // batch: messages that are written before they are published; 1 publishes each at once.
  RingSender(RingMemory& memory, const RingLayout& layout, uint64_t batch)
      : memory_(memory),
        side_(memory.sender, memory.receiver),
        stride_(layout.stride()),
        slots_(layout.slots),
        batch_(batch),
        begin_(layout.First(memory)),
        end_(begin_ + layout.slots * layout.stride()),
        next_(begin_),
        limit_(layout.slots) {}
  RingSender(const RingSender&) = delete;
  RingSender& operator=(const RingSender&) = delete;
  ~RingSender() {
    Flush();
    side_.Close();
  }

  RingSide& side() { return side_; }

  // Sends a message if there is room, without waiting.
  IoStatus TrySend(std::span<const std::byte> message) {
    if (side_.OtherIsClosed()) [[unlikely]] {
      return IoStatus::kPeerClosed;
    }
    if (written_ == limit_ && !FindRoom()) [[unlikely]] {
      Flush();  // Or the receiver, who finds nothing, would never make room.
      return IoStatus::kWouldBlock;
    }
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
      if (written_ != limit_ || FindRoom()) break;
      Flush();
      side_.Sleep(memory_.taken, limit_ - slots_);
    }
    Write(message);
    if (written_ - published_ >= batch_) Flush();
    return IoStatus::kOk;
  }

  // Publishes what was written.
  void Flush() {
    if (written_ == published_) return;
    published_ = written_;
    side_.PublishWithBarrier(memory_.sent, written_);
  }

 private:
  // Looks at the receiver's position, which costs a cache line, only when no room is left that is
  // known of.
  bool FindRoom() {
    limit_ = memory_.taken.load(std::memory_order_acquire) + slots_;
    return written_ != limit_;
  }

  void Write(std::span<const std::byte> message) {
    CopyMessage(next_, message.data(), message.size());
    next_ += stride_;
    if (next_ == end_) next_ = begin_;
    ++written_;
  }

  RingMemory& memory_;
  RingSide side_;
  const size_t stride_;
  const uint64_t slots_;
  const uint64_t batch_;
  std::byte* const begin_;
  std::byte* const end_;
  std::byte* next_;
  uint64_t written_ = 0;
  uint64_t published_ = 0;
  uint64_t limit_;  // may write until written_ is this
};

}  // namespace ipclab
