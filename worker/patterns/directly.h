// Runs a part of a pattern over what its channel really is, where a call through Channel would cost
// as much as the mechanism: a ring that is spun on. Decided once a leg.
//
//   return Directly(leg.channel, [&](auto& channel) { return RunOf(Receiver<...>(leg, channel));
//   });
#pragma once

#include "worker/channel.h"
#include "worker/patterns/pattern.h"
#include "worker/ring/ring_channel.h"
#include "worker/waiting_channel.h"

namespace ipclab {

// run: takes a Channel or something final of the same form, and returns how the leg ended.
template <typename Run>
LegOutcome Directly(Channel& channel, Run run) {
  using SpunRing = WaitingChannel<RingChannel>;
  if (auto* const ring = dynamic_cast<SpunRing*>(&channel)) return run(*ring);
  return run(channel);
}

}  // namespace ipclab
