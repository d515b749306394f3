// STREAM: the sender sends without waiting for anything but room, the receiver receives.

#include <array>

#include "worker/patterns/losses.h"
#include "worker/patterns/pattern.h"

namespace ipclab {
namespace {

template <bool kLossy>
class Sender {
 public:
  // alone: no receiver counts in the same page.
  Sender(LegRun& leg, bool alone)
      : channel_(leg.channel),
        clock_(leg.clock),
        traffic_(leg.traffic),
        figures_(leg.figures),
        limit_(leg.limit),
        leg_end_(leg.leg_end),
        alone_(alone) {}

  // Sends one message. False when it was the last or could not be sent.
  bool Step(LegOutcome& outcome) {
    const bool last = limit_.NextIsLast();
    const uint64_t sequence = traffic_.TakeSequence();
    traffic_.format().WriteHeader(traffic_.outgoing(), sequence, last);
    if (traffic_.verify()) FillPayload(traffic_.format().Payload(traffic_.outgoing()), sequence);
    if (kLossy && last) leg_end_.WillBe(sequence + 1);

    const Clock::Reading before = clock_.Read();
    if (traffic_.format().stamped())
      traffic_.format().WriteStamp(traffic_.outgoing(), before.ticks);
    const IoStatus status = channel_.Send(traffic_.outgoing());
    const Clock::Reading after = clock_.Read();
    if (status != IoStatus::kOk) {
      outcome = {status, "send"};
      return false;
    }
    if (limit_.NextCounts()) {
      figures_.page().send_call.Record(clock_.Nanos(before.ticks, after.ticks));
      if (alone_) figures_.Count(before.ticks, after, traffic_.format().bytes());
    }
    limit_.Sent(before.ticks, after.ticks);
    if (alone_) figures_.Progress();
    if (last) channel_.Flush();
    if (kLossy && last) leg_end_.Sent(sequence + 1);
    return !last;
  }

 private:
  Channel& channel_;
  const Clock& clock_;
  Traffic& traffic_;
  Figures& figures_;
  LegLimit limit_;
  LegEnd leg_end_;
  const bool alone_;
};

// LossKind: NoLosses or Losses.
template <typename LossKind>
class Receiver {
 public:
  explicit Receiver(LegRun& leg)
      : channel_(leg.channel),
        clock_(leg.clock),
        traffic_(leg.traffic),
        figures_(leg.figures),
        losses_(leg),
        first_counted_(leg.first_counted),
        // The stamp is another CPU's clock: worth something only where the clocks agree.
        one_way_(leg.traffic.format().stamped() && leg.clock.synchronised()) {}

  // Receives one message. False when it was the last or could not be received.
  bool Step(LegOutcome& outcome) {
    if (const IoStatus status = channel_.Receive(traffic_.incoming()); status != IoStatus::kOk) {
      return losses_.GoOnWithout(status, outcome);
    }
    const Clock::Reading now = clock_.Read();
    const auto [arrival, last] = losses_.Check();
    if (arrival.kind != Arrival::kDuplicate && arrival.sequence >= first_counted_) {
      if (one_way_) {
        figures_.page().one_way.Record(
            clock_.Nanos(traffic_.format().ReadStamp(traffic_.incoming()), now.ticks));
      }
      figures_.Count(now.ticks, now, traffic_.format().bytes());
    }
    figures_.Progress();
    if (last) losses_.End();
    return !last;
  }

 private:
  Channel& channel_;
  const Clock& clock_;
  Traffic& traffic_;
  Figures& figures_;
  LossKind losses_;
  const uint64_t first_counted_;
  const bool one_way_;
};

template <typename Party>
LegOutcome RunOf(Party party) {
  LegOutcome outcome;
  while (party.Step(outcome)) {
  }
  return outcome;
}

LegOutcome Send(LegRun& leg) {
  if (leg.lossy) return RunOf(Sender<true>(leg, /*alone=*/true));
  return RunOf(Sender<false>(leg, /*alone=*/true));
}

LegOutcome Receive(LegRun& leg) {
  if (leg.lossy) return RunOf(Receiver<Losses>(leg));
  return RunOf(Receiver<NoLosses>(leg));
}

// One worker is both ends: a message in, a message out. Only the receiving half counts.
LegOutcome SendAndReceive(LegRun& leg) {
  LegOutcome outcome;
  Sender<false> sender(leg, /*alone=*/false);
  Receiver<NoLosses> receiver(leg);
  do {
    sender.Step(outcome);
  } while (outcome.ok() && receiver.Step(outcome));
  return outcome;
}

constexpr std::array kSent = {&WorkerPage::send_call};
constexpr std::array kReceived = {&WorkerPage::one_way};
constexpr std::array kSentAndReceived = {&WorkerPage::send_call, &WorkerPage::one_way};
constexpr std::array kParts = {
    Part{internal::SENDER, kSent, Send},
    Part{internal::RECEIVER, kReceived, Receive},
    Part{internal::BOTH, kSentAndReceived, SendAndReceive},
};

}  // namespace

extern constinit const Pattern kStream = {
    .kind = v1::Pattern::STREAM, .stamps = true, .parts = kParts};

}  // namespace ipclab
