// The ends of a way with one sender and one receiver, for patterns that are made of such ways. Each
// uses the leg's lane 0.
#pragma once

#include <array>

#include "worker/patterns/paced.h"
#include "worker/patterns/pattern.h"
#include "worker/patterns/stream_parts.h"

namespace ipclab {

// What every sending part records in, and every part at the end of a way.
inline constexpr std::array kSent = {&WorkerPage::send_call};
inline constexpr std::array kReceived = {&WorkerPage::one_way};

template <bool kLossy, typename ChannelKind>
LegOutcome SendOn(LegRun& leg, ChannelKind& channel) {
  return Paced(leg, [&]<typename Pace>(Pace pace) {
    using PacedSender = Sender<kLossy, ChannelKind, Pace>;
    return RunOf(PacedSender(leg, channel, leg.traffic, /*alone=*/true, pace));
  });
}

template <typename ChannelKind = Channel>
LegOutcome SendOneWay(LegRun& leg, ChannelKind& channel) {
  return leg.lossy ? SendOn<true>(leg, channel) : SendOn<false>(leg, channel);
}
inline LegOutcome SendOneWay(LegRun& leg) { return SendOneWay(leg, leg.channel); }

inline LegOutcome ReceiveOneWay(LegRun& leg) {
  if (leg.lossy) return RunOf(Receiver<Losses>(leg, leg.channel, leg.traffic));
  return RunOf(Receiver<NoLosses>(leg, leg.channel, leg.traffic));
}

}  // namespace ipclab
