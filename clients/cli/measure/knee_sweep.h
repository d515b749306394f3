// `ipclab measure --knee`: an open loop at one rate after the other, up to beyond what the
// mechanism carries at all. All rates of one item are interleaved as items are elsewhere.
#pragma once

#include <vector>

#include "clients/cli/measure/knee.h"
#include "clients/cli/measure/measure_run.h"

namespace ipclab::cli {

struct KneeSweep {
  Measurement capacity;             // the closed loop that rates were chosen by
  std::vector<Measurement> points;  // by ascending rate
  int missing = 0;                  // rates of which nothing is there, after a signal
  Knee knee;
};

// The point's rates, of all senders together.
KneePoint PointOf(const Measurement& measurement);

// Of FAN_IN the senders, of BROADCAST the receivers: how many streams make up what arrives.
int LanesOf(const v1::MeasureSpec& spec);

// A sweep per item, in their order. After a signal those of which there is anything.
std::vector<KneeSweep> SweepAll(const MeasurePlan& plan, const Work& work, Connection& connection,
                                Interrupt& interrupt);

}  // namespace ipclab::cli
