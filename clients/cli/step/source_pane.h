// The program's text, with the letters of the workers beside the lines that they stand before and
// their next operations underlined.
#pragma once

#include "clients/cli/step/step_screen.h"
#include "clients/cli/step/styled_line.h"

namespace ipclab::cli {

// The columns that the widest line takes, with what stands beside it.
size_t SourceColumns(const StepScreen& screen);

// Lines of the text, rows of them at most. Takes scrolls.text and text_columns back to what there
// is to see.
StyledLines SourceLines(const StepScreen& screen, size_t columns, size_t rows, Scrolls& scrolls);

}  // namespace ipclab::cli
