// One trial: a fresh experiment that runs to its end, is read, and is deleted unless it is kept.
#pragma once

#include <variant>

#include "clients/cli/connection.h"
#include "clients/cli/failure.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/measure/progress.h"
#include "ipclab/v1/experiment.pb.h"

namespace ipclab::cli {

// Runs the spec (its start is RUN) and returns the experiment, SUCCEEDED, with its result; or why
// it did not. After a signal, which the caller sees in interrupt, the failure says nothing.
//
// However it ends, the experiment is cancelled if it still lives, and deleted; but with keep one
// that SUCCEEDED stays.
std::variant<v1::Experiment, Failure> RunTrial(Connection& connection,
                                               const v1::ExperimentSpec& spec, Interrupt& interrupt,
                                               Progress& progress, bool keep);

}  // namespace ipclab::cli
