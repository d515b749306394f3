// What the workers of a program did, as `ipclab metrics`, `get` and `run` show it.
#pragma once

#include <string>

#include "clients/cli/terminal.h"
#include "ipclab/v1/metrics.pb.h"

namespace ipclab::cli {

// Of metrics that have a program: operations, hand-offs, time, and the table of the workers.
std::string ProgramFigures(const v1::Metrics& metrics, const Terminal& terminal);

// A row for each worker: its operations, and how long it was blocked: in time where it ran free,
// else in steps that others made meanwhile.
std::string ProgramWorkerTable(const v1::Metrics& metrics, const Terminal& terminal);

}  // namespace ipclab::cli
