// Makes a failing schedule as short as it can be. Pure: every candidate is checked by replay over
// the model.
#pragma once

#include <cstdint>
#include <vector>

#include "common/program/program.h"
#include "common/program/schedule.h"

namespace ipclab {

struct Shrunk {
  std::vector<Choose> steps;  // up to the step that fails
  int64_t preemptions = 0;
  int64_t tried = 0;   // candidates that were replayed
  bool least = false;  // nothing has fewer preemptions, or as many and fewer steps
};

// failing: a possible schedule with which the program fails. The result fails by the same kind of
// failure and the same check.
Shrunk Shrink(const Program& program, const std::vector<Choose>& failing);

}  // namespace ipclab
