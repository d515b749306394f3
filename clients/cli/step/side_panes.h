// The parts of the screen that stand below each other beside the program's text: lanes, objects,
// checks, what was printed, history. Each under a title, and together not too high.
#pragma once

#include "clients/cli/step/step_screen.h"
#include "clients/cli/step/styled_line.h"

namespace ipclab::cli {

// Which parts: how all stands now, and what came to pass.
struct SideParts {
  bool standing;
  bool passing;
};
inline constexpr SideParts kAllParts = {.standing = true, .passing = true};
inline constexpr SideParts kStandingParts = {.standing = true, .passing = false};
inline constexpr SideParts kPassingParts = {.standing = false, .passing = true};

// At most room.rows lines. Where room is short, what can be spared first is shortened first: what
// was printed, objects, locals.
StyledLines SidePanes(const StepScreen& screen, ScreenSize room, SideParts parts, Scrolls& scrolls);

}  // namespace ipclab::cli
