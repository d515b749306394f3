// A model in Promela, verified by SPIN: every state of it, one after the other. For the test that
// compares what SPIN finds with what the lab's explorer finds.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "common/program/program.h"

namespace ipclab {

struct Verification {
  // The distinct states where nobody can go on, by outcome: as OutcomeText has it, and " FAILS"
  // behind where a check has failed.
  std::map<std::string, int64_t> ends;
  int64_t deadlocks = 0;  // of them: seen by SPIN itself, not said by the model
  int64_t states = 0;     // distinct ones, the ends among them
};

// Of the model with the name of the program, with its variant and its parameters. An error where
// SPIN or a C compiler is missing or refuses the model, or where not all states were looked at.
absl::StatusOr<Verification> VerifyWithSpin(const Program& program);

}  // namespace ipclab
