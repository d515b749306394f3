// Screens of `ipclab step` for tests, made by hand: a lost update in the middle of being lost, a
// deadlock, and one with as much of everything as programs may have.
#pragma once

#include <string>

#include "clients/cli/step/screen_layout.h"

namespace ipclab::cli {

// Two workers, both have read 10; A's next operation writes 11. The mutex is not used.
StepScreen LostUpdateScreen();

// Two locks, each held by one worker who wants the other: nobody can go on.
StepScreen DeadlockScreen();

// 16 workers with long names, 60 objects, so many steps; every text is long, some is wide.
StepScreen CrowdedScreen(int steps);

v1::ProgramWorker& AddWorker(StepScreen& screen, const std::string& letter, const std::string& name,
                             v1::ProgramWorker::State state, int line = 0,
                             const std::string& next = "");

v1::ProgramObject& AddObject(StepScreen& screen, const std::string& name,
                             const std::string& mechanism, const std::string& value,
                             const std::string& kernel_value = "");

v1::ProgramOperation& AddOperation(StepScreen& screen, const std::string& worker,
                                   const std::string& operation, const std::string& effect);

// The text of all lines, without what ends them in spaces.
std::string TextOf(const ScreenPage& page);

}  // namespace ipclab::cli
