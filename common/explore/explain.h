// Why a schedule fails: the nearest one that passes, and the one pair of steps whose order makes
// the difference. Pure: every candidate is checked by replay over the model.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/program/program.h"
#include "common/program/schedule.h"

namespace ipclab {

// A step of a schedule, or what a worker would have done next had it not come to its end.
struct ExplainedStep {
  int worker = 0;
  int number = 0;         // of the worker's own steps; the first is 1
  std::string operation;  // "counter = 11"
  int pc = 0;
};

struct Explanation {
  std::string check;  // "finally counter == 12: counter is 11"
  // In one sentence: "B read counter before A wrote it (line 7 before line 7); the other way round
  // it passes." Never empty.
  std::string sentence;
  // The pair, in the order in which the program fails, and a schedule that passes in which it is
  // the other way round. Absent where none was found.
  std::optional<ExplainedStep> first;
  std::optional<ExplainedStep> second;
  std::vector<Choose> passing;
  std::vector<std::string> waits;  // of a deadlock, who waits for whom: see WaitsOf
};

// failing: a possible schedule with which the program fails; best a shrunk one.
Explanation Explain(const Program& program, const std::vector<Choose>& failing);

}  // namespace ipclab
