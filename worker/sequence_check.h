// Tells from the sequence numbers of what arrives what was lost, came twice or came late.
//
// Works modulo the bits that a short message carries: a gap of up to half their range is seen for
// what it is, a longer one is not. Remembers the newest kGaps gaps: whatever comes out of one of
// them is late, anything else that is old is a duplicate. A value, used by the receiving worker
// only.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
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
  static constexpr size_t kGaps = 32;

  // bits: how many of a sequence number arrive, 7 to 63; 0 of empty messages, which need no check.
  explicit SequenceCheck(int bits) : mask_((uint64_t{1} << bits) - 1), most_ahead_(mask_ / 2) {}

  // The sequence number that is due.
  uint64_t next() const { return next_; }

  // How many at most may be lost in a row: 0 where only the next one can be new; more than half the
  // range where nothing comes late.
  void AllowAhead(uint64_t most) { most_ahead_ = std::min(most, mask_); }

  // Takes the number of a message that arrived.
  Arrival Take(uint64_t cut_sequence) {
    if (cut_sequence == (next_ & mask_)) [[likely]] {
      return {Arrival::kNext, next_++};
    }
    return TakeOutOfOrder(cut_sequence);
  }

  // Goes on at next, as somebody knows who sees whole numbers. What had not arrived before it is
  // lost until it comes late.
  void GoOnAt(uint64_t next);

 private:
  struct Gap {  // empty when begin is end
    uint64_t begin = 0;
    uint64_t end = 0;
  };

  Arrival TakeOutOfOrder(uint64_t cut_sequence);
  // Remembers that these did not arrive, in place of the oldest gap.
  void Remember(Gap gap);
  // True, once, when it is one of those.
  bool Forget(uint64_t sequence);
  // Where another gap may be put: one that is empty, or else the oldest, but not kept.
  Gap* SpareFor(const Gap& kept);

  uint64_t mask_;
  uint64_t most_ahead_;
  uint64_t next_ = 0;
  std::array<Gap, kGaps> gaps_ = {};
  size_t newest_ = 0;
};

}  // namespace ipclab
