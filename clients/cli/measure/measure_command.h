// `ipclab measure MECHANISM...`: trials of each mechanism at each size, and their figures.
#pragma once

#include "clients/cli/measure/measure_flags.h"

namespace ipclab::cli {

// Returns the exit code: that of the gravest failure, or 128 plus the number of the signal that
// stopped it, after printing what was done before.
int RunMeasure(const CommonFlags& common, const MeasureFlags& flags);

}  // namespace ipclab::cli
