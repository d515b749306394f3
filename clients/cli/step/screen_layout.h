// The whole screen of `ipclab step` as lines of styled text: a pure function of what is to be shown
// and of the size of the terminal.
#pragma once

#include "clients/cli/step/step_screen.h"
#include "clients/cli/step/styled_line.h"

namespace ipclab::cli {

struct ScreenPage {
  StyledLines lines;  // one for each row, none wider than the screen
  Scrolls scrolls;    // those asked for, as far as there is something to see
};

ScreenPage LayOut(const StepScreen& screen, ScreenSize size);

}  // namespace ipclab::cli
