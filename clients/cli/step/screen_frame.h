// What stands above and below the panes: title, lesson and goal; schedule, verdict, the answer to
// the last key, and which keys there are.
#pragma once

#include "clients/cli/step/step_screen.h"
#include "clients/cli/step/styled_line.h"

namespace ipclab::cli {

// At most about a quarter of the screen each; less of the lesson on small screens.
StyledLines HeaderLines(const StepScreen& screen, ScreenSize size);
StyledLines FooterLines(const StepScreen& screen, ScreenSize size);

// Every key with what it does, and what the marks of the screen mean.
StyledLines HelpLines(const StepScreen& screen, size_t columns);

}  // namespace ipclab::cli
