// FAN_IN: several send, and one receives what all of them send, each by a link of its own; or by
// one object, and then there may be several receivers, too.

#include <array>

#include "worker/patterns/lane_receiver.h"
#include "worker/patterns/lanes.h"
#include "worker/patterns/one_way.h"
#include "worker/patterns/pattern.h"
#include "worker/patterns/shared_way.h"

namespace ipclab {
namespace {

LegOutcome Send(LegRun& leg) {
  if (!IsShared(leg)) return SendOneWay(leg);
  BeginSharedSending(leg, leg.first_counted - leg.leg_end.first());
  const LegOutcome sent = SendOneWay(leg);
  return sent.ok() ? EndSharedSending(leg) : sent;
}

LegOutcome Receive(LegRun& leg) {
  if (IsShared(leg)) return RunOf(Receiver<SharedArrivals>(leg, leg.channel, leg.traffic));
  if (leg.lanes.size() == 1) return ReceiveOneWay(leg);
  return leg.lossy ? LaneReceiver<Losses>(leg).Run() : LaneReceiver<NoLosses>(leg).Run();
}

constexpr std::array kParts = {
    Part{internal::SENDER, kSent, Send},
    Part{internal::RECEIVER, kReceived, Receive},
};

}  // namespace

extern constinit const Pattern kFanIn = {
    .kind = v1::Pattern::FAN_IN, .stamps = true, .parts = kParts};

}  // namespace ipclab
