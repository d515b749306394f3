// What an operation does to the objects of the mirror and to those who wait for them. The worker's
// own frame is left to Apply.
#pragma once

#include <cstdint>

#include "common/program/apply.h"
#include "common/program/program.h"
#include "common/program/state.h"

namespace ipclab {

// Does event.operation of event.worker, which is ready; fills in what came of it. wakes: as Apply
// has it. The failure that it is, if it is one.
Failure Perform(const Program& program, const State& state, int wakes, Event& event);

}  // namespace ipclab
