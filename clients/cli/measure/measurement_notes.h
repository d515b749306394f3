// What must be known about the rows of the table of `ipclab measure`: every remark once, with the
// rows that it is about.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/measure/measurement.h"
#include "clients/cli/terminal.h"

namespace ipclab::cli {

// What spoils or limits the figures: failures, losses, trials left out, percentiles with too few
// values, and the server's warnings. trials: how many were asked for of each.
std::string MeasurementNotes(const std::vector<Measurement>& measurements, int trials,
                             const Terminal& terminal);

}  // namespace ipclab::cli
