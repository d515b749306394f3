// What patterns of several workers do with their links: a worker has one object that all of them
// share, or a lane, a link of its own, to each of the others.
#pragma once

#include "worker/patterns/pattern.h"

namespace ipclab {

// True when the one link of this worker is shared by more than two.
inline bool IsShared(const LegRun& leg) {
  const internal::LinkSetup& link = leg.lanes.front().link;
  return link.senders() > 1 || link.receivers() > 1;
}

// The leg as a part sees it that has nothing but this lane. lane must outlive what comes back.
inline LegRun OfLane(const LegRun& leg, Lane& lane) {
  return {.channel = lane.channel,
          .clock = leg.clock,
          .traffic = lane.traffic,
          .figures = leg.figures,
          .limit = leg.limit,
          .first_counted = lane.first_counted,
          .lossy = leg.lossy,
          .leg_end = lane.leg_end,
          .lanes = {&lane, 1},
          .setup = leg.setup,
          .page = leg.page};
}

}  // namespace ipclab
