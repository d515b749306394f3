// STREAM: the sender sends without waiting for anything but room, the receiver receives.

#include <array>

#include "worker/patterns/directly.h"
#include "worker/patterns/paced.h"
#include "worker/patterns/pattern.h"
#include "worker/patterns/stream_parts.h"

namespace ipclab {
namespace {

template <bool kLossy>
LegOutcome SendPaced(LegRun& leg) {
  return Paced(leg, [&]<typename Pace>(Pace pace) {
    using PacedSender = Sender<kLossy, Channel, Pace>;
    return RunOf(PacedSender(leg, leg.channel, leg.traffic, /*alone=*/true, pace));
  });
}

LegOutcome Send(LegRun& leg) {
  if (leg.lossy) return SendPaced<true>(leg);
  if (leg.setup.measure().has_load()) return SendPaced<false>(leg);
  return Directly(leg.channel, [&]<typename ChannelKind>(ChannelKind& channel) {
    return RunOf(Sender<false, ChannelKind>(leg, channel, leg.traffic, /*alone=*/true));
  });
}

LegOutcome Receive(LegRun& leg) {
  if (leg.lossy) return RunOf(Receiver<Losses>(leg, leg.channel, leg.traffic));
  return Directly(leg.channel, [&]<typename ChannelKind>(ChannelKind& channel) {
    return RunOf(Receiver<NoLosses, ChannelKind>(leg, channel, leg.traffic));
  });
}

// One worker is both ends: a message in, a message out. Only the receiving half counts.
LegOutcome SendAndReceive(LegRun& leg) {
  return Paced(leg, [&]<typename Pace>(Pace pace) {
    LegOutcome outcome;
    Sender<false, Channel, Pace> sender(leg, leg.channel, leg.traffic, /*alone=*/false, pace);
    Receiver<NoLosses> receiver(leg, leg.channel, leg.traffic);
    do {
      sender.Step(outcome);
    } while (outcome.ok() && receiver.Step(outcome));
    return outcome;
  });
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
