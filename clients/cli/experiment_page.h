// What `ipclab list` and `ipclab get` show to people.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "clients/cli/terminal.h"
#include "ipclab/v1/experiment.pb.h"

namespace ipclab::cli {

// One row for each experiment; the last column has why one failed, and its labels.
std::string ExperimentTable(const std::vector<v1::Experiment>& experiments,
                            const Terminal& terminal, absl::Time now);

// All about one experiment: what it does, its workers, its end, and what it measured.
std::string ExperimentPage(const v1::Experiment& experiment, const Terminal& terminal,
                           absl::Time now);

}  // namespace ipclab::cli
