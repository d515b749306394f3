// The objects of the program: each as the lab mirrors it, and as the kernel tells.
#pragma once

#include "clients/cli/step/step_screen.h"
#include "clients/cli/step/styled_line.h"

namespace ipclab::cli {

// rows of them at most, with the one that the last step touched in sight. Takes scrolls.objects
// back to what there is to see.
StyledLines ObjectLines(const StepScreen& screen, size_t columns, size_t rows, Scrolls& scrolls);

// "objects", or "objects 3-8 of 60" where not all fit.
std::string ObjectTitle(const StepScreen& screen, size_t rows, const Scrolls& scrolls);

// Its value in words: "held by A; B, C wait", "2 of 5 records: 7, 9 (priority or type 3)".
std::string ObjectValueText(const v1::ProgramObject& object);

}  // namespace ipclab::cli
