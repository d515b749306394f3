// Experiments on programs: created and parked, or run free to their end.
#pragma once

#include <variant>

#include "clients/cli/failure.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/temporary_experiment.h"

namespace ipclab::cli {

// Creates the experiment and waits until it is parked; returns it with how its program stands.
std::variant<v1::Experiment, Failure> StartProgram(Connection& connection,
                                                   const v1::ProgramSpec& spec,
                                                   TemporaryExperiment& experiment,
                                                   Interrupt& interrupt);

// Creates it, lets its workers run by themselves, and returns it as it ended, however that was: but
// one that takes longer than limit is TIMEOUT.
std::variant<v1::Experiment, Failure> RunFree(Connection& connection, const v1::ProgramSpec& spec,
                                              absl::Duration limit, TemporaryExperiment& experiment,
                                              Interrupt& interrupt);

// The experiment as it is now.
std::variant<v1::Experiment, Failure> GetExperiment(Connection& connection,
                                                    const std::string& name);

}  // namespace ipclab::cli
