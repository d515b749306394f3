// Says what spoils a result's figures. Pure.
#pragma once

#include <optional>

#include "common/stats/steadiness.h"
#include "ipclab/v1/experiment.pb.h"

namespace ipclab {

// What a result is judged by, besides itself.
struct Circumstances {
  const v1::Experiment& experiment;
  v1::Placement::Policy relation;  // of the workers' CPUs; UNSPECIFIED with one worker
  std::optional<stats::Drift> drift = {};
  int lock_error = 0;  // the errno of locking a worker's memory
};

// Adds each warning and what it was seen by. Of the figures of free running only: what is stepped
// is compared with nothing.
void AddWarnings(const Circumstances& circumstances, v1::Result& result);

}  // namespace ipclab
