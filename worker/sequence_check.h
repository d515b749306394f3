// Tells from the sequence numbers of what arrives what was lost, came twice or came late.
//
// Works modulo the bits that a short message carries: a gap of up to half their range is seen for
// what it is, a longer one is not. Remembers which of the newest 64 arrived; anything older that
// comes again counts as a duplicate. A value, used by the receiving worker only.
#pragma once

#include <cstdint>

namespace ipclab {

struct Arrival {
  enum Kind : uint8_t {
    kNext,       // the one that was due
    kAfterGap,   // lost earlier ones: provisionally, they may still come late
    kLate,       // one that had been counted as lost
    kDuplicate,  // one that had arrived before
  };

  Kind kind;
  uint64_t sequence;  // whole, not cut
  int64_t lost = 0;   // with kAfterGap

  // True when it moves the stream on. An old message's last mark, for one, means nothing any more.
  bool is_new() const { return kind == kNext || kind == kAfterGap; }
};

class SequenceCheck {
 public:
  // bits: how many of a sequence number arrive, 7 to 63.
  explicit SequenceCheck(int bits) : mask_((uint64_t{1} << bits) - 1) {}

  // The sequence number that is due.
  uint64_t next() const { return next_; }

  // Takes the number of a message that arrived.
  Arrival Take(uint64_t cut_sequence) {
    if (cut_sequence == (next_ & mask_)) [[likely]] {
      arrived_ = arrived_ << 1 | 1;
      return {Arrival::kNext, next_++};
    }
    return TakeOutOfOrder(cut_sequence);
  }

 private:
  Arrival TakeOutOfOrder(uint64_t cut_sequence) {
    const uint64_t ahead = (cut_sequence - next_) & mask_;
    if (ahead <= mask_ / 2) {
      arrived_ = ahead < 63 ? arrived_ << (ahead + 1) | 1 : 1;
      next_ += ahead + 1;
      return {Arrival::kAfterGap, next_ - 1, static_cast<int64_t>(ahead)};
    }
    const uint64_t behind = (next_ - cut_sequence) & mask_;
    const uint64_t sequence = next_ - behind;
    const bool remembered = behind <= 64 && behind <= next_;
    const uint64_t bit = remembered ? uint64_t{1} << (behind - 1) : 0;
    if (!remembered || (arrived_ & bit) != 0) return {Arrival::kDuplicate, sequence};
    arrived_ |= bit;
    return {Arrival::kLate, sequence};
  }

  uint64_t mask_;
  uint64_t next_ = 0;
  uint64_t arrived_ = 0;  // bit i: next_ - 1 - i
};

}  // namespace ipclab
