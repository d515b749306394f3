// Runs a part of a pattern in the loop that the measurement asks for, decided once a leg.
//
//   return Paced(leg, [&](auto pace) { return RunOf(Initiator<true, decltype(pace)>(leg, pace));
//   });
#pragma once

#include "worker/pacer.h"
#include "worker/patterns/pattern.h"

namespace ipclab {

// run: takes an AtOnce or a Pacer and returns how the leg ended.
template <typename Run>
LegOutcome Paced(LegRun& leg, Run run) {
  if (!leg.setup.measure().has_load()) return run(AtOnce());
  return run(Pacer(leg.setup, leg.clock, leg.figures, leg.page.stop));
}

}  // namespace ipclab
