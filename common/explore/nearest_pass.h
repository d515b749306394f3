// A schedule that passes, and goes along with a failing one as long as any does. Pure.
#pragma once

#include <optional>
#include <vector>

#include "common/program/program.h"
#include "common/program/schedule.h"

namespace ipclab {

struct NearestPass {
  std::optional<std::vector<Choose>> steps;
  bool complete = false;  // where there are no steps: no schedule at all passes
};

// Within a fixed number of states.
NearestPass FindNearestPass(const Program& program, const std::vector<Choose>& failing);

}  // namespace ipclab
