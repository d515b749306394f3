// All courses of a lab program, by its distinct states: each is expanded once, however many
// schedules lead to it. For tests; the model alone, no process.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/program/program.h"
#include "common/program/schedule.h"

namespace ipclab {

struct StateGraph {
  bool complete = true;  // false: there are more states than were allowed
  bool cyclic = false;   // some course comes back to where it was: schedules cannot be counted
  int64_t states = 0;
  int64_t ends = 0;            // states where nobody can go on
  int64_t failing_states = 0;  // of all of them
  int64_t deadlocks = 0;       // of the ends
  int64_t goals = 0;           // ends where the program's goal is reached

  // Absent of what is cyclic or incomplete, and where the number needs more than 63 bits.
  std::optional<int64_t> schedules;
  std::optional<int64_t> failing;
  std::map<std::string, int64_t> outcomes;  // schedules of each
};

// most_states: of distinct ones.
StateGraph ExploreStates(const Program& program, int64_t most_states);

// A schedule that ends with the step that fails first; of all, one with the fewest preemptions, of
// those one with the fewest steps. Absent when there is none within so many states.
std::optional<std::vector<Choose>> FindFailing(const Program& program, int64_t most_states);

// Every choice for the next step: who, and where a signal can wake several, whom.
std::vector<Choose> ChoicesOf(const Program& program, const int64_t* state);

}  // namespace ipclab
