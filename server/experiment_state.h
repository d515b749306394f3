// The life of an experiment as one table. Every change of state goes through CanMove.
#pragma once

#include "ipclab/v1/experiment.pb.h"

namespace ipclab {

using ExperimentState = v1::Experiment::State;

// True when an experiment may go from one state to the other.
bool CanMove(ExperimentState from, ExperimentState to);

// True for SUCCEEDED, FAILED, CANCELLED and ABORTED: nothing of it runs, and nothing will.
bool IsTerminal(ExperimentState state);

}  // namespace ipclab
