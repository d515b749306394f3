// What was done so far: every operation in words, and what came of it. And the checks, and what the
// workers printed.
#pragma once

#include "clients/cli/step/step_screen.h"
#include "clients/cli/step/styled_line.h"

namespace ipclab::cli {

// The newest rows lines, or earlier ones. Takes scrolls.history back to what there is to see.
StyledLines HistoryLines(const StepScreen& screen, size_t columns, size_t rows, Scrolls& scrolls);

// A line for each check. Those that failed come first.
StyledLines CheckLines(const StepScreen& screen, size_t columns);

// The newest lines that were printed.
StyledLines PrintedLines(const StepScreen& screen, size_t columns, size_t rows);

// "3! A  counter = 11  counter: 10 -> 11", in one line or two. digits: of the greatest number.
StyledLines OperationLines(const v1::ProgramOperation& operation, size_t digits, size_t columns);

}  // namespace ipclab::cli
