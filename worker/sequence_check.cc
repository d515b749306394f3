#include "worker/sequence_check.h"

namespace ipclab {

Arrival SequenceCheck::TakeOutOfOrder(uint64_t cut_sequence) {
  const uint64_t ahead = (cut_sequence - next_) & mask_;
  if (ahead <= most_ahead_) {
    Remember({next_, next_ + ahead});
    next_ += ahead + 1;
    return {Arrival::kAfterGap, next_ - 1, static_cast<int64_t>(ahead)};
  }
  const uint64_t sequence = next_ - ((next_ - cut_sequence) & mask_);
  return {Forget(sequence) ? Arrival::kLate : Arrival::kDuplicate, sequence};
}

void SequenceCheck::GoOnAt(uint64_t next) {
  if (next > next_) Remember({next_, next});
  next_ = next;
}

void SequenceCheck::Remember(Gap gap) {
  if (gaps_[newest_].end == gap.begin) {  // what is lost one by one, with nothing in between
    gaps_[newest_].end = gap.end;
    return;
  }
  newest_ = (newest_ + 1) % kGaps;
  gaps_[newest_] = gap;
}

bool SequenceCheck::Forget(uint64_t sequence) {
  for (Gap& gap : gaps_) {
    if (sequence < gap.begin || sequence >= gap.end) continue;
    const Gap before = {gap.begin, sequence};
    gap.begin = sequence + 1;
    if (gap.begin == gap.end) {
      gap = before;
    } else if (before.begin < before.end) {
      *SpareFor(gap) = before;
    }
    return true;
  }
  return false;
}

SequenceCheck::Gap* SequenceCheck::SpareFor(const Gap& kept) {
  const auto empty = std::ranges::find_if(gaps_, [](Gap gap) { return gap.begin == gap.end; });
  if (empty != gaps_.end()) return &*empty;
  Gap* const oldest = &gaps_[(newest_ + 1) % kGaps];
  return oldest != &kept ? oldest : &gaps_[(newest_ + 2) % kGaps];
}

}  // namespace ipclab
