// What can be chosen for the next step of a program, and what a choice costs.
#pragma once

#include <cstdint>
#include <vector>

#include "common/program/program.h"
#include "common/program/schedule.h"

namespace ipclab {

// Every choice that can be made, appended in order of the workers: who, and where a signal can wake
// several, whom.
void AddChoices(const Program& program, const int64_t* state, uint32_t enabled,
                std::vector<Choose>& choices);

// True when worker goes on though last, who made the step before, could have. last: -1 for none.
constexpr bool IsPreemption(uint32_t enabled, int last, int worker) {
  return last >= 0 && last != worker && (enabled >> last & 1) != 0;
}

}  // namespace ipclab
