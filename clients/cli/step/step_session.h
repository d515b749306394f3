// `ipclab step` in a terminal: keys in, screens out, until somebody quits.
#pragma once

#include "clients/cli/connection.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/step/step_experiment.h"
#include "clients/cli/step/step_screen.h"
#include "clients/cli/step/terminal_signals.h"

namespace ipclab::cli {

struct StepPlan {
  std::string subject;  // as people know it
  v1::ProgramSpec spec;
  v1::Program program;
};

// Takes the terminal, drives the experiment, gives the terminal back and prints the schedule. The
// exit code.
int RunStepSession(Connection& connection, Interrupt& interrupt, TerminalSignals& signals,
                   const StepPlan& plan, std::unique_ptr<StepExperiment> experiment);

}  // namespace ipclab::cli
