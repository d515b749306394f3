// Gives the workers of one experiment their setup. They are forks of the calling process, with no
// exec and no dynamic linking: the zygote's, or of any other that is to be their parent.
#pragma once

#include <string>
#include <vector>

#include "common/unique_fd.h"
#include "ipclab/internal/control.pb.h"
#include "worker/nursery.h"

namespace ipclab {

// All workers of an experiment, or none and why.
struct SpawnOutcome {
  int error = 0;     // errno of what failed; 0 when all were started
  std::string what;  // what failed: "fork"
  UniqueFd pages;    // laid out as common/pages.h says, with the extra room behind
  std::vector<SpawnedWorker> workers;  // in order of index
};

// Returns before the workers have done anything. Should one fail to start, those before it are
// killed and reaped.
SpawnOutcome SpawnWorkers(const internal::Spawn& spawn, Nursery& nursery);

}  // namespace ipclab
