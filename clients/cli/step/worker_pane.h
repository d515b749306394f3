// One lane for each worker: who it is, whether it can go on, its next operation, its locals or what
// it waits for.
#pragma once

#include "clients/cli/step/step_screen.h"
#include "clients/cli/step/styled_line.h"

namespace ipclab::cli {

// How much of each worker is shown; less where there are many and few rows. kWhole: nothing is cut
// off behind the first line, which takes two lines or more.
enum class LaneForm { kWhole, kTwoLines, kOneLine, kCell };

size_t LaneRows(const StepScreen& screen, LaneForm form, size_t columns);
StyledLines LaneLines(const StepScreen& screen, LaneForm form, size_t columns);

}  // namespace ipclab::cli
