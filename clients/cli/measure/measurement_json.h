// The line that `ipclab measure --json` prints for each mechanism and size. Stable: scripts read
// it.
#pragma once

#include <string>

#include "clients/cli/measure/measurement.h"

namespace ipclab::cli {

// One JSON object without a line break, with all that the table shows, the raw histograms, and each
// trial. Figures are plain numbers, null where there is none; the key "error" is there only when
// something failed.
std::string MeasurementJson(const Measurement& measurement);

}  // namespace ipclab::cli
