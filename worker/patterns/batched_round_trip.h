// ROUND_TRIP where a message costs less than reading the clock: K round trips are timed together,
// and their mean is recorded. Every message is counted and checked as ever.
//
// What is made and looked at between two messages is in the figure: so contents must not be, and
// nothing may be lost or due at a moment of its own.
#pragma once

#include <cstdint>

#include "common/clock.h"
#include "worker/patterns/arrivals.h"
#include "worker/patterns/pattern.h"

namespace ipclab {

// True when this leg's round trips are to be timed in batches, and can be.
inline bool IsBatched(const LegRun& leg) {
  return leg.batch > 1 && !leg.lossy && !leg.traffic.verify() && !leg.setup.measure().has_load();
}

template <typename ChannelKind>
class BatchedInitiator {
 public:
  BatchedInitiator(LegRun& leg, ChannelKind& channel)
      : channel_(channel),
        clock_(leg.clock),
        traffic_(leg.traffic),
        figures_(leg.figures),
        limit_(leg.limit),
        batch_(leg.batch) {
    figures_.page().batch.store(batch_, std::memory_order_relaxed);
  }

  // One batch; all of it counts, or is warm-up. False when the last message was in it, or one could
  // not be done.
  bool Step(LegOutcome& outcome) {
    const bool counts = limit_.NextCounts();
    bool last = false;
    int done = 0;
    const Clock::Reading before = clock_.Read();
    do {
      last = limit_.NextIsLast();
      if (!GoAround(last, outcome)) return false;
      // The first tells the limit when the batch began.
      done++ == 0 ? limit_.Sent(before.ticks, before.ticks) : limit_.SentUntimed();
    } while (done < batch_ && !last && limit_.NextCounts() == counts);
    const Clock::Reading after = clock_.Read();
    limit_.Waited(after.ticks);

    if (counts) {
      // One that the end of the leg cut short is no mean of so many, unless there is no other.
      if (done == batch_ || !recorded_) {
        figures_.page().round_trip.Record(Mean(clock_.Nanos(before.ticks, after.ticks), done));
        recorded_ = true;
      }
      figures_.Count(before.ticks, after, traffic_.format().bytes(), done - 1);
    }
    figures_.Progress(static_cast<uint64_t>(done));
    return !last;
  }

 private:
  static int64_t Mean(int64_t nanos, int count) { return (nanos + count / 2) / count; }

  // One round trip. False when it could not be done.
  bool GoAround(bool last, LegOutcome& outcome) {
    traffic_.format().WriteHeader(traffic_.outgoing(), traffic_.TakeSequence(), last);
    if (const IoStatus status = channel_.Send(traffic_.outgoing()); status != IoStatus::kOk) {
      outcome = {status, "send"};
      return false;
    }
    do {  // A mechanism that duplicates may hand out an old echo first.
      if (const IoStatus status = channel_.Receive(traffic_.incoming()); status != IoStatus::kOk) {
        outcome = {status, "receive"};
        return false;
      }
    } while (!CheckArrival(traffic_, figures_).arrival.is_new());
    return true;
  }

  ChannelKind& channel_;
  const Clock& clock_;
  Traffic& traffic_;
  Figures& figures_;
  LegLimit limit_;
  const int batch_;
  bool recorded_ = false;
};

// Reads the clock as rarely: otherwise the initiator would wait for that.
template <typename ChannelKind>
class BatchedResponder {
 public:
  BatchedResponder(LegRun& leg, ChannelKind& channel)
      : channel_(channel),
        clock_(leg.clock),
        traffic_(leg.traffic),
        figures_(leg.figures),
        first_counted_(leg.first_counted),
        batch_(leg.batch) {
    figures_.page().batch.store(batch_, std::memory_order_relaxed);
  }

  // One echo. False when it was the last or could not be done.
  bool Step(LegOutcome& outcome) {
    if (const IoStatus status = channel_.Receive(traffic_.incoming()); status != IoStatus::kOk) {
      outcome = {status, "receive"};
      return false;
    }
    if (const IoStatus status = channel_.Send(traffic_.incoming()); status != IoStatus::kOk) {
      outcome = {status, "send"};
      return false;
    }
    const auto [arrival, last] = CheckArrival(traffic_, figures_);
    if (arrival.kind != Arrival::kDuplicate && arrival.sequence >= first_counted_) ++uncounted_;
    if (last) channel_.Flush();
    if (uncounted_ > 0 && (uncounted_ >= due_ || last)) {
      const Clock::Reading now = clock_.Read();
      figures_.Count(now.ticks, now, traffic_.format().bytes(), uncounted_ - 1);
      uncounted_ = 0;
      due_ = batch_;
    }
    figures_.Progress();
    return !last;
  }

 private:
  ChannelKind& channel_;
  const Clock& clock_;
  Traffic& traffic_;
  Figures& figures_;
  const uint64_t first_counted_;
  const int batch_;
  int uncounted_ = 0;  // messages since the clock was read
  int due_ = 1;        // at so many it is read: the span begins with the first
};

}  // namespace ipclab
