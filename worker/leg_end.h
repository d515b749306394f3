// Where messages may be lost, the one marked as the last of a leg may be, too: this is how who
// receives learns all the same how far the leg goes, and that no more of it will come.
//
// One word in the experiment's pages, written by the worker that sends first, twice a leg and only
// where messages may be lost. Sequence numbers go on from leg to leg, so a word of an older leg is
// known by its number.
#pragma once

#include <atomic>
#include <cstdint>

namespace ipclab {

class LegEnd {
 public:
  // first: the first sequence number of this leg. word must outlive this.
  LegEnd(std::atomic<uint64_t>& word, uint64_t first) : word_(word), first_(first) {}

  uint64_t first() const { return first_; }

  // For the sender. end: the sequence number behind the last of the leg. The first before that one
  // is sent, so that who receives it knows its whole number; the second once it was sent.
  void WillBe(uint64_t end) { word_.store(end << 1, std::memory_order_release); }
  void Sent(uint64_t end) { word_.store(end << 1 | 1, std::memory_order_release); }

  // For the receiver: the number behind the last of this leg, or first() as long as nobody knows.
  uint64_t Known() const {
    const uint64_t end = word_.load(std::memory_order_acquire) >> 1;
    return end > first_ ? end : first_;
  }

  // True when all of this leg was sent.
  bool IsSent() const {
    const uint64_t word = word_.load(std::memory_order_acquire);
    return (word & 1) != 0 && word >> 1 > first_;
  }

 private:
  std::atomic<uint64_t>& word_;
  uint64_t first_;
};

}  // namespace ipclab
