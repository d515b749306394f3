// What of a schedule shows its failure.
#pragma once

#include <span>
#include <vector>

#include "common/program/program.h"
#include "common/program/schedule.h"

namespace ipclab {

// The steps up to the one that fails first; all of them where none does. They must be possible.
std::vector<Choose> FailingPrefix(const Program& program, std::span<const Choose> steps);

}  // namespace ipclab
