// What a sender and a receiver of one-way messages do with each of them, as class templates over
// the channel: STREAM's parts, and of every pattern that sends one way. Over Channel they serve
// every mechanism; over a final channel class the compiler puts its Send and Receive right into
// their loop.
//
// Used by one worker's only thread; all that they are made of is borrowed.
#pragma once

#include <utility>

#include "worker/always_inline.h"
#include "worker/pacer.h"
#include "worker/patterns/losses.h"
#include "worker/patterns/pattern.h"
#include "worker/patterns/timed_numbers.h"

namespace ipclab {

// Pace: AtOnce or Pacer.
template <bool kLossy, typename ChannelKind = Channel, typename Pace = AtOnce>
class Sender {
 public:
  // alone: no receiver counts in the same page.
  Sender(LegRun& leg, ChannelKind& channel, Traffic& traffic, bool alone, Pace pace = {})
      : channel_(channel),
        clock_(leg.clock),
        traffic_(traffic),
        figures_(leg.figures),
        limit_(leg.limit),
        leg_end_(leg.leg_end),
        timed_(leg.setup.measure()),
        alone_(alone),
        pace_(std::move(pace)) {}

  // Sends one message. False when it was the last or could not be sent.
  IPCLAB_INLINE bool Step(LegOutcome& outcome) {
    const uint64_t sequence = traffic_.TakeSequence();
    if (traffic_.verify()) FillPayload(traffic_.format().Payload(traffic_.outgoing()), sequence);
    pace_.Await(limit_);
    const bool last = limit_.NextIsLast();
    traffic_.format().WriteHeader(traffic_.outgoing(), sequence, last);
    if (kLossy && last) leg_end_.WillBe(sequence + 1);

    const bool timed = timed_.Reach(sequence) || last || limit_.NextIsFirst();
    const IoStatus status = timed ? SendTimed() : SendUntimed();
    if (status != IoStatus::kOk) [[unlikely]] {
      outcome = {status, "send"};
      return false;
    }
    if (alone_) figures_.Progress();
    if (!last) [[likely]] {
      return true;
    }
    channel_.Flush();
    if (kLossy) leg_end_.Sent(sequence + 1);
    return false;
  }

 private:
  IoStatus SendTimed() {
    const Clock::Reading before = clock_.Read();
    if (traffic_.format().stamped())
      traffic_.format().WriteStamp(traffic_.outgoing(), pace_.From(before.ticks));
    const IoStatus status = channel_.Send(traffic_.outgoing());
    const Clock::Reading after = clock_.Read();
    if (status != IoStatus::kOk) return status;
    if (limit_.NextCounts()) {
      figures_.page().send_call.Record(clock_.Nanos(before.ticks, after.ticks));
      if (alone_) figures_.Count(before.ticks, after, traffic_.format().bytes(), untimed_);
      untimed_ = 0;
    }
    limit_.Sent(before.ticks, after.ticks);
    return status;
  }

  // Its stamp is an old one, at which the receiver does not look.
  IPCLAB_INLINE IoStatus SendUntimed() {
    const IoStatus status = channel_.Send(traffic_.outgoing());
    if (limit_.NextCounts()) ++untimed_;
    limit_.SentUntimed();
    return status;
  }

  ChannelKind& channel_;
  const Clock& clock_;
  Traffic& traffic_;
  Figures& figures_;
  LegLimit limit_;
  LegEnd leg_end_;
  TimedNumbers timed_;
  int64_t untimed_ = 0;  // sent, counted and not in the figures yet
  const bool alone_;
  [[no_unique_address]] Pace pace_;
};

// LossKind: NoLosses or Losses.
template <typename LossKind, typename ChannelKind = Channel>
class Receiver {
 public:
  Receiver(LegRun& leg, ChannelKind& channel, Traffic& traffic)
      : channel_(channel),
        clock_(leg.clock),
        traffic_(traffic),
        figures_(leg.figures),
        losses_(leg),
        timed_(leg.setup.measure()),
        first_counted_(leg.first_counted),
        // The stamp is another CPU's clock: worth something only where the clocks agree.
        one_way_(traffic.format().stamped() && leg.clock.synchronised()) {}

  // Receives one message. False when it was the last or could not be received.
  IPCLAB_INLINE bool Step(LegOutcome& outcome) {
    if (const IoStatus status = channel_.Receive(traffic_.incoming()); status != IoStatus::kOk) {
      figures_.CountUntimed(std::exchange(untimed_, 0), traffic_.format().bytes());
      return losses_.GoOnWithout(status, outcome);
    }
    const uint64_t due = traffic_.arrivals().next();
    const bool timed = timed_.Reach(due) || due == first_counted_ ||
                       traffic_.format().ReadHeader(traffic_.incoming()).last;
    return timed ? TakeTimed() : TakeUntimed();
  }

 private:
  bool TakeTimed() {
    const Clock::Reading now = clock_.Read();
    const auto [arrival, last] = losses_.Check();
    if (Counts(arrival)) {
      if (one_way_ && timed_.Has(arrival.sequence)) {
        figures_.page().one_way.Record(
            clock_.Nanos(traffic_.format().ReadStamp(traffic_.incoming()), now.ticks));
      }
      figures_.Count(now.ticks, now, traffic_.format().bytes(), std::exchange(untimed_, 0));
    }
    figures_.Progress();
    if (last) losses_.End();
    return !last;
  }

  // The last one is timed.
  IPCLAB_INLINE bool TakeUntimed() {
    if (Counts(losses_.Check().arrival)) ++untimed_;
    figures_.Progress();
    return true;
  }

  bool Counts(const Arrival& arrival) const {
    return arrival.kind != Arrival::kDuplicate && arrival.sequence >= first_counted_;
  }

  ChannelKind& channel_;
  const Clock& clock_;
  Traffic& traffic_;
  Figures& figures_;
  LossKind losses_;
  TimedNumbers timed_;
  int64_t untimed_ = 0;  // received, counted and not in the figures yet
  const uint64_t first_counted_;
  const bool one_way_;
};

}  // namespace ipclab
