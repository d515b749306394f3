// The shortest way to a failure: over all states, as far as a fixed number of them reaches. Pure;
// the same for the same program, on every machine.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/program/program.h"
#include "common/program/schedule.h"
#include "common/program/state.h"

namespace ipclab {

// How long a schedule is for who reads it.
struct Length {
  int64_t preemptions = 0;
  int64_t steps = 0;

  auto operator<=>(const Length&) const = default;
};

// True of two failures that are the same fault, whoever makes the last step.
inline bool AreSameFault(const Failure& a, const Failure& b) {
  return a.kind == b.kind && a.detail == b.detail;
}

// Of all schedules that end with this fault, one with the fewest preemptions, of those with the
// fewest steps. Nothing longer than most is looked at. Absent when there is none so short, and when
// there are too many states to say.
std::optional<std::vector<Choose>> NearestFailure(const Program& program, const Failure& fault,
                                                  const Length& most);

}  // namespace ipclab
