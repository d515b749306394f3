// How several workers send and receive by one object, for FAN_IN and FAN_OUT: who has sent what,
// and how everybody learns that the leg is over.
//
// The messages of a sender have the numbers rank, rank + stride, rank + 2 stride and so on, so that
// a receiver knows whose each is: the stride is the power of two that has room for all senders. A
// single receiver sees every number; one of several only that those of a sender grow.
//
// The object hands out in order. So the last sender to finish sends, behind all messages, one end
// mark for each receiver, and a receiver ends at the first that it gets: nobody takes two, and
// nothing of a leg is left for the next. What was sent and received in all is compared in the end.
#pragma once

#include <algorithm>
#include <bit>
#include <limits>
#include <vector>

#include "worker/patterns/losses.h"
#include "worker/patterns/pattern.h"

namespace ipclab {

// The number of an end mark; no message gets as far.
inline constexpr uint64_t kEndMark = std::numeric_limits<uint64_t>::max() >> 1;

// Who shares the object.
struct Sharers {
  explicit Sharers(const LegRun& leg)
      : senders(static_cast<uint32_t>(std::max(leg.lanes.front().link.senders(), 1))),
        receivers(static_cast<uint32_t>(std::max(leg.lanes.front().link.receivers(), 1))) {}

  uint64_t stride() const { return std::bit_ceil(senders); }
  int rank_bits() const { return std::countr_zero(stride()); }

  const uint32_t senders;
  const uint32_t receivers;
};

// Before the first message of a sender: how many of its messages do not count.
inline void BeginSharedSending(LegRun& leg, uint64_t warm_up) {
  const Sharers sharers(leg);
  const auto rank = static_cast<uint64_t>(leg.setup.rank());
  leg.traffic.NumberAs(rank, sharers.stride());
  // Which of its messages is the first to count: of a leg the receivers know it before any message.
  leg.page.leg_ends[rank].store((leg.traffic.next_to_send() >> sharers.rank_bits()) + warm_up,
                                std::memory_order_release);
}

// Behind its last message, when all went well.
inline LegOutcome EndSharedSending(LegRun& leg) {
  const Sharers sharers(leg);
  leg.page.sent.fetch_add(leg.figures.page().messages.load(std::memory_order_relaxed),
                          std::memory_order_acq_rel);
  const uint32_t done = leg.page.senders_done.fetch_add(1, std::memory_order_acq_rel) + 1;
  if (done < sharers.senders) return {};
  leg.traffic.format().WriteHeader(leg.traffic.outgoing(), kEndMark, /*last=*/true);
  for (uint32_t i = 0; i < sharers.receivers; ++i) {
    const IoStatus status = leg.channel.Send(leg.traffic.outgoing());
    if (status != IoStatus::kOk) return {status, "send"};
  }
  leg.channel.Flush();
  return {};
}

// Receiver's LossKind over a shared object. Nothing is lost there, or it is a fault.
class SharedArrivals {
 public:
  explicit SharedArrivals(LegRun& leg)
      : traffic_(leg.traffic),
        figures_(leg.figures),
        page_(leg.page),
        sharers_(leg),
        first_counted_(leg.first_counted),
        // In FAN_OUT a round is a message for each receiver.
        warm_up_((leg.first_counted - leg.leg_end.first()) *
                 (leg.setup.measure().pattern() == v1::Pattern::FAN_OUT ? sharers_.receivers : 1)),
        sources_(sharers_.senders) {}

  // The number that comes back is that within the leg, of those that count.
  CheckedArrival Check() {
    constexpr Arrival kNone = {Arrival::kDuplicate, 0};
    const MessageFormat::Header header = traffic_.format().ReadHeader(traffic_.incoming());
    if (header.sequence == kEndMark) return {kNone, true};
    const uint64_t rank = header.sequence & (sharers_.stride() - 1);
    if (rank >= sharers_.senders) [[unlikely]] {
      figures_.Corrupted();
      return {kNone, false};
    }
    Source& source = sources_[rank];
    if (!source.known) [[unlikely]] {
      source.known = true;
      source.first_counted = page_.leg_ends[rank].load(std::memory_order_acquire);
      source.next = source.first_counted - warm_up_;
    }
    CheckContents(traffic_, figures_, header.sequence);
    const Arrival arrival = Take(source, header.sequence >> sharers_.rank_bits());
    figures_.Arrived(arrival);
    return {arrival, false};
  }

  static bool GoOnWithout(IoStatus status, LegOutcome& outcome) {
    return NoLosses::GoOnWithout(status, outcome);
  }

  // The end mark came. The last receiver looks whether all that was sent was received.
  void End() {
    WorkerPage& own = figures_.page();
    const int64_t received = own.messages.load(std::memory_order_relaxed);
    page_.received.fetch_add(received, std::memory_order_acq_rel);
    // All senders are done: from here on receivers are counted behind them.
    const uint32_t done = page_.senders_done.fetch_add(1, std::memory_order_acq_rel) + 1;
    if (done < sharers_.senders + sharers_.receivers) return;
    own.lost.store(std::max<int64_t>(page_.sent.load() - page_.received.load(), 0),
                   std::memory_order_relaxed);
  }

 private:
  struct Source {
    bool known = false;
    uint64_t first_counted = 0;
    uint64_t next = 0;
  };

  Arrival Take(Source& source, uint64_t number) const {
    const uint64_t due = source.next;
    const bool counts = number >= source.first_counted;
    const uint64_t sequence = counts ? number - source.first_counted + first_counted_ : 0;
    if (number < due) [[unlikely]] {
      return {number + 1 == due ? Arrival::kDuplicate : Arrival::kLate, sequence};
    }
    source.next = number + 1;
    if (number == due || sharers_.receivers > 1) return {Arrival::kNext, sequence};
    return {Arrival::kAfterGap, sequence, static_cast<int64_t>(number - due)};
  }

  Traffic& traffic_;
  Figures& figures_;
  ControlPage& page_;
  const Sharers sharers_;
  const uint64_t first_counted_;
  const uint64_t warm_up_;
  std::vector<Source> sources_;  // by rank
};

}  // namespace ipclab
