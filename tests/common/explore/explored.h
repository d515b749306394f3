// Searches in a test: run to their end, each run looked at.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/explore/search.h"
#include "common/program/program.h"

namespace ipclab {

// The program of the table of exact numbers.
Program CounterOf(int64_t workers, int64_t rounds, const char* variant = "racy");

// All runs are made; a failure of the test where a step of one is not possible, where it does not
// lead to the state that the search says, or where it is not as whole as it says.
Exploration Explored(const Program& program, const SearchOptions& options);

// By states, or each schedule by itself.
Exploration Counted(const Program& program, Reduction reduction = Reduction::kStates);

// The items of all runs, in their order.
std::vector<std::string> RunsOf(const Program& program, const SearchOptions& options);

// How many schedules come to each outcome, whether or not they fail.
std::map<std::string, int64_t> SchedulesByOutcome(const Exploration& exploration);

// Whether it ends with the step with which the program fails, and not before.
bool FailsWithItsLastStep(const Program& program, const std::vector<Choose>& steps);

}  // namespace ipclab
