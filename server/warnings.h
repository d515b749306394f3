// What spoils figures, found when an experiment ends.
#pragma once

#include "ipclab/v1/experiment.pb.h"

namespace ipclab {

// Adds a warning to result for everything that spoils its figures. relation is how the CPUs of the
// workers are related, UNSPECIFIED for a single worker.
void AddWarnings(const v1::Experiment& experiment, v1::Placement::Policy relation,
                 v1::Result& result);

}  // namespace ipclab
