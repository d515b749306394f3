// ROUND_TRIP: the initiator sends a message and waits for its echo.

#include <array>

#include "worker/patterns/arrivals.h"
#include "worker/patterns/pattern.h"

namespace ipclab {
namespace {

// Timed are the two calls alone: the message is made before the first clock read, and looked at,
// counted and recorded after the second.
class Initiator {
 public:
  explicit Initiator(LegRun& leg)
      : channel_(leg.channel),
        clock_(leg.clock),
        traffic_(leg.traffic),
        figures_(leg.figures),
        limit_(leg.limit) {}

  // One round trip. False when it was the last or could not be done.
  bool Step(LegOutcome& outcome) {
    const bool last = limit_.NextIsLast();
    const uint64_t sequence = traffic_.TakeSequence();
    traffic_.format().WriteHeader(traffic_.outgoing(), sequence, last);
    if (traffic_.verify()) FillPayload(traffic_.format().Payload(traffic_.outgoing()), sequence);

    const Clock::Reading before = clock_.Read();
    if (const IoStatus status = channel_.Send(traffic_.outgoing()); status != IoStatus::kOk) {
      outcome = {status, "send"};
      return false;
    }
    Clock::Reading after;
    do {  // A mechanism that duplicates may hand out an old echo first.
      if (const IoStatus status = channel_.Receive(traffic_.incoming()); status != IoStatus::kOk) {
        outcome = {status, "receive"};
        return false;
      }
      after = clock_.Read();
    } while (!CheckArrival(traffic_, figures_).arrival.is_new());

    if (limit_.NextCounts()) {
      figures_.page().round_trip.Record(clock_.Nanos(before.ticks, after.ticks));
      figures_.Count(before.ticks, after, traffic_.format().bytes());
    }
    limit_.Sent(before.ticks, after.ticks);
    figures_.Progress();
    return !last;
  }

 private:
  Channel& channel_;
  const Clock& clock_;
  Traffic& traffic_;
  Figures& figures_;
  LegLimit limit_;
};

// Echoes before it looks: its own work must not be in the initiator's figure.
class Responder {
 public:
  explicit Responder(LegRun& leg)
      : channel_(leg.channel),
        clock_(leg.clock),
        traffic_(leg.traffic),
        figures_(leg.figures),
        first_counted_(leg.first_counted) {}

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
    const Clock::Reading now = clock_.Read();
    const auto [arrival, last] = CheckArrival(traffic_, figures_);
    if (arrival.kind != Arrival::kDuplicate && arrival.sequence >= first_counted_) {
      figures_.Count(now.ticks, now, traffic_.format().bytes());
    }
    figures_.Progress();
    return !last;
  }

 private:
  Channel& channel_;
  const Clock& clock_;
  Traffic& traffic_;
  Figures& figures_;
  const uint64_t first_counted_;
};

template <typename Party>
LegOutcome Run(LegRun& leg) {
  LegOutcome outcome;
  Party party(leg);
  while (party.Step(outcome)) {
  }
  return outcome;
}

constexpr std::array kTimed = {&WorkerPage::round_trip};
constexpr std::array kParts = {
    Part{internal::INITIATOR, kTimed, Run<Initiator>},
    Part{internal::RESPONDER, {}, Run<Responder>},
    // The loopback mechanism is its own responder.
    Part{internal::BOTH, kTimed, Run<Initiator>},
};

}  // namespace

extern constinit const Pattern kRoundTrip = {
    .kind = v1::Pattern::ROUND_TRIP, .stamps = false, .parts = kParts};

}  // namespace ipclab
