// One trial of a measurement as JSON: its figures, what was seen around it, and its raw histograms.
// Stable: scripts and `ipclab plot` read it.
#pragma once

#include "clients/cli/json_line.h"
#include "clients/cli/measure/trial_figures.h"

namespace ipclab::cli {

// Keys that a trial has no figure for are null; what was not taken at all, as a census, is left
// out.
JsonLine TrialJson(const Trial& trial);

// {"indexes":[..],"counts":[..],"minNanos":..,"maxNanos":..}
JsonLine HistogramJson(const HistogramSnapshot& values);

}  // namespace ipclab::cli
