// HAND_OFF: two workers wake each other in turn. An event carries no number and no last mark: both
// count the rounds, and how far the leg goes is said beside the events, before the last of them.

#include <array>
#include <utility>

#include "worker/patterns/paced.h"
#include "worker/patterns/pattern.h"

namespace ipclab {
namespace {

// Timed are the two calls alone. Pace: AtOnce or Pacer.
template <typename Pace>
class Initiator {
 public:
  Initiator(LegRun& leg, Pace pace)
      : channel_(leg.channel),
        clock_(leg.clock),
        traffic_(leg.traffic),
        figures_(leg.figures),
        limit_(leg.limit),
        leg_end_(leg.leg_end),
        pace_(std::move(pace)) {}

  // Wakes the other one and waits to be woken. False when it was the last or could not be done.
  bool Step(LegOutcome& outcome) {
    const uint64_t sequence = traffic_.TakeSequence();
    pace_.Await(limit_);
    const bool last = limit_.NextIsLast();
    if (last) leg_end_.WillBe(sequence + 1);

    const Clock::Reading before = clock_.Read();
    if (const IoStatus status = channel_.Send({}); status != IoStatus::kOk) {
      outcome = {status, "notify"};
      return false;
    }
    if (const IoStatus status = channel_.Receive({}); status != IoStatus::kOk) {
      outcome = {status, "wait"};
      return false;
    }
    const Clock::Reading after = clock_.Read();

    traffic_.arrivals().GoOnAt(sequence + 1);
    if (limit_.NextCounts()) {
      figures_.page().round_trip.Record(clock_.Nanos(pace_.From(before.ticks), after.ticks));
      figures_.Count(before.ticks, after, 0);
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
  LegEnd leg_end_;
  [[no_unique_address]] Pace pace_;
};

LegOutcome Initiate(LegRun& leg) {
  return Paced(leg, [&]<typename Pace>(Pace pace) { return RunOf(Initiator<Pace>(leg, pace)); });
}

// Wakes the other one before it looks: its own work must not be in the initiator's figure.
LegOutcome Respond(LegRun& leg) {
  uint64_t rounds = leg.leg_end.first();
  do {
    if (const IoStatus status = leg.channel.Receive({}); status != IoStatus::kOk) {
      return {status, "wait"};
    }
    if (const IoStatus status = leg.channel.Send({}); status != IoStatus::kOk) {
      return {status, "notify"};
    }
    const Clock::Reading now = leg.clock.Read();
    if (rounds >= leg.first_counted) leg.figures.Count(now.ticks, now, 0);
    leg.figures.Progress();
    ++rounds;
  } while (rounds != leg.leg_end.Known());
  leg.traffic.arrivals().GoOnAt(rounds);
  return {};
}

constexpr std::array kTimed = {&WorkerPage::round_trip};
constexpr std::array kParts = {
    Part{internal::INITIATOR, kTimed, Initiate},
    Part{internal::RESPONDER, {}, Respond},
};

}  // namespace

extern constinit const Pattern kHandOff = {
    .kind = v1::Pattern::HAND_OFF, .stamps = false, .parts = kParts};

}  // namespace ipclab
