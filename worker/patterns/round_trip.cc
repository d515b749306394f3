// ROUND_TRIP: the initiator sends a message and waits for its echo.

#include <array>
#include <utility>

#include "worker/patterns/batched_round_trip.h"
#include "worker/patterns/directly.h"
#include "worker/patterns/losses.h"
#include "worker/patterns/paced.h"
#include "worker/patterns/pattern.h"

namespace ipclab {
namespace {

// Timed are the two calls alone: the message is made before the first clock read, and looked at,
// counted and recorded after the second.
// Pace: AtOnce or Pacer.
template <bool kLossy, typename Pace, typename ChannelKind = Channel>
class Initiator {
 public:
  Initiator(LegRun& leg, ChannelKind& channel, Pace pace)
      : channel_(channel),
        clock_(leg.clock),
        traffic_(leg.traffic),
        figures_(leg.figures),
        limit_(leg.limit),
        leg_end_(leg.leg_end),
        pace_(std::move(pace)) {
    // One message is under way at a time: nothing can be ahead of the echo that is due.
    if (kLossy) traffic_.arrivals().AllowAhead(0);
  }

  // One round trip. False when it was the last or could not be done.
  bool Step(LegOutcome& outcome) {
    const uint64_t sequence = traffic_.TakeSequence();
    if (traffic_.verify()) FillPayload(traffic_.format().Payload(traffic_.outgoing()), sequence);
    pace_.Await(limit_);
    const bool last = limit_.NextIsLast();
    traffic_.format().WriteHeader(traffic_.outgoing(), sequence, last);

    if (kLossy && last) leg_end_.WillBe(sequence + 1);

    const Clock::Reading before = clock_.Read();
    if (const IoStatus status = channel_.Send(traffic_.outgoing()); status != IoStatus::kOk) {
      outcome = {status, "send"};
      return false;
    }
    Clock::Reading after;
    do {  // A mechanism that duplicates may hand out an old echo first.
      if (const IoStatus status = channel_.Receive(traffic_.incoming()); status != IoStatus::kOk) {
        if (kLossy && status == IoStatus::kWouldBlock) return GiveUp(before, sequence, last);
        outcome = {status, "receive"};
        return false;
      }
      after = clock_.Read();
    } while (!IsAwaited());

    if (limit_.NextCounts()) {
      figures_.page().round_trip.Record(clock_.Nanos(pace_.From(before.ticks), after.ticks));
      figures_.Count(before.ticks, after, traffic_.format().bytes());
    }
    limit_.Sent(before.ticks, after.ticks);
    return Ended(sequence, last);
  }

 private:
  // True when what came is the echo of what was sent.
  bool IsAwaited() {
    if (!kLossy) return CheckArrival(traffic_, figures_).arrival.is_new();
    const MessageFormat::Header header = traffic_.format().ReadHeader(traffic_.incoming());
    const Arrival arrival = traffic_.arrivals().Take(header.sequence);
    // The echo of a round that was given up stays counted as lost: it has no time.
    if (arrival.kind == Arrival::kLate) return false;
    figures_.Arrived(arrival);
    CheckContents(traffic_, figures_, header.sequence);
    return arrival.is_new();
  }

  // No echo came in time.
  bool GiveUp(Clock::Reading before, uint64_t sequence, bool last) {
    std::atomic<int64_t>& lost = figures_.page().lost;
    if (limit_.NextCounts()) {
      lost.store(lost.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
    traffic_.arrivals().GoOnAt(sequence + 1);
    limit_.Sent(before.ticks, clock_.Read().ticks);
    return Ended(sequence, last);
  }

  // One round is over. False when it was the last.
  bool Ended(uint64_t sequence, bool last) {
    figures_.Progress();
    if (kLossy && last) leg_end_.Sent(sequence + 1);
    return !last;
  }

  ChannelKind& channel_;
  const Clock& clock_;
  Traffic& traffic_;
  Figures& figures_;
  LegLimit limit_;
  LegEnd leg_end_;
  [[no_unique_address]] Pace pace_;
};

// Echoes before it looks: its own work must not be in the initiator's figure.
// LossKind: NoLosses or Losses.
template <typename LossKind, typename ChannelKind = Channel>
class Responder {
 public:
  Responder(LegRun& leg, ChannelKind& channel)
      : channel_(channel),
        clock_(leg.clock),
        traffic_(leg.traffic),
        figures_(leg.figures),
        losses_(leg),
        first_counted_(leg.first_counted) {}

  // One echo. False when it was the last or could not be done.
  bool Step(LegOutcome& outcome) {
    if (const IoStatus status = channel_.Receive(traffic_.incoming()); status != IoStatus::kOk) {
      return losses_.GoOnWithout(status, outcome);
    }
    if (const IoStatus status = channel_.Send(traffic_.incoming()); status != IoStatus::kOk) {
      outcome = {status, "send"};
      return false;
    }
    const Clock::Reading now = clock_.Read();
    const auto [arrival, last] = losses_.Check();
    if (last) channel_.Flush();  // a mechanism that sends in batches holds the echo back otherwise
    if (arrival.kind != Arrival::kDuplicate && arrival.sequence >= first_counted_) {
      figures_.Count(now.ticks, now, traffic_.format().bytes());
    }
    figures_.Progress();
    if (last) losses_.End();
    return !last;
  }

 private:
  ChannelKind& channel_;
  const Clock& clock_;
  Traffic& traffic_;
  Figures& figures_;
  LossKind losses_;
  const uint64_t first_counted_;
};

LegOutcome Initiate(LegRun& leg) {
  if (IsBatched(leg)) {
    return Directly(leg.channel, [&]<typename ChannelKind>(ChannelKind& channel) {
      return RunOf(BatchedInitiator<ChannelKind>(leg, channel));
    });
  }
  return Paced(leg, [&]<typename Pace>(Pace pace) {
    if (leg.lossy) return RunOf(Initiator<true, Pace>(leg, leg.channel, pace));
    return Directly(leg.channel, [&]<typename ChannelKind>(ChannelKind& channel) {
      return RunOf(Initiator<false, Pace, ChannelKind>(leg, channel, pace));
    });
  });
}

LegOutcome Respond(LegRun& leg) {
  if (leg.lossy) return RunOf(Responder<Losses>(leg, leg.channel));
  if (IsBatched(leg)) {
    return Directly(leg.channel, [&]<typename ChannelKind>(ChannelKind& channel) {
      return RunOf(BatchedResponder<ChannelKind>(leg, channel));
    });
  }
  return Directly(leg.channel, [&]<typename ChannelKind>(ChannelKind& channel) {
    return RunOf(Responder<NoLosses, ChannelKind>(leg, channel));
  });
}

constexpr std::array kTimed = {&WorkerPage::round_trip};
constexpr std::array kParts = {
    Part{internal::INITIATOR, kTimed, Initiate},
    Part{internal::RESPONDER, {}, Respond},
    // The loopback mechanism is its own responder.
    Part{internal::BOTH, kTimed, Initiate},
};

}  // namespace

extern constinit const Pattern kRoundTrip = {
    .kind = v1::Pattern::ROUND_TRIP, .stamps = false, .parts = kParts};

}  // namespace ipclab
