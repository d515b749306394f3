// What `ipclab measure --knee` shows of one sweep: to people, and the last of its lines of JSON.
#pragma once

#include <string>

#include "clients/cli/measure/knee_sweep.h"
#include "clients/cli/terminal.h"

namespace ipclab::cli {

// A row for each rate, the knee marked. trials: of each rate; amount: how long each was.
std::string KneeReport(const KneeSweep& sweep, int trials, const std::string& amount,
                       const Terminal& terminal);

// {"knee":{...}}: what was swept, its capacity, and the knee's rates and figures, null where there
// is none, and why. Stable: scripts read it.
std::string KneeJson(const KneeSweep& sweep);

}  // namespace ipclab::cli
