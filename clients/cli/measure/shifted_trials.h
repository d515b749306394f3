// Which trials were taken while the platform was in another state than for the others: the host may
// move virtual CPUs, and then every figure moves with the cache line between them. Pure.
#pragma once

#include <vector>

#include "clients/cli/measure/trial_figures.h"

namespace ipclab::cli {

// The control may differ by this part before figures are not of one state.
inline constexpr double kControlShift = 0.25;

// Says of each trial of one item, in left_out, why it must not be put together with the others:
// because its control moved while it ran (or the server says so), or because its control is not
// that of the other trials on the same CPUs. Looks at all trials anew, so an earlier word may be
// taken back when more trials are there.
//
// Where the control moved in every trial, none is better than the others and all stay; true then.
bool LeaveOutShifted(std::vector<Trial>& trials);

// How many are not left out.
int CountUsed(const std::vector<Trial>& trials);

}  // namespace ipclab::cli
