// What `--compare` and `--noise-floor` found, as JSON. Stable: scripts read it.
#pragma once

#include "clients/cli/json_line.h"
#include "clients/cli/measure/compared.h"

namespace ipclab::cli {

// {"to":..,"figure":"p50","ratio":..,"ratioInterval":[..],..,"verdict":"FASTER"}. Differences of
// rates are in messages a second and have a key of their own. What there is none of is left out.
JsonLine ComparisonJson(const ComparedTo& compared);

// "FASTER", "TOO_FEW_TRIALS", ...
std::string VerdictName(stats::Verdict verdict);

}  // namespace ipclab::cli
