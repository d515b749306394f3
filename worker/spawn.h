// Starts the workers of one experiment by fork alone: no exec, no dynamic linking. Called by the
// zygote, or by any other single-threaded process that is to be their parent.
#pragma once

#include <string>
#include <vector>

#include "common/message_socket.h"
#include "common/unique_fd.h"
#include "ipclab/internal/control.pb.h"
#include "worker/child.h"
#include "worker/heritage.h"

namespace ipclab {

struct SpawnedWorker {
  Child child;
  UniqueFd pidfd;
  MessageSocket control;  // the server's end
};

// All workers of an experiment, or none and why.
struct SpawnOutcome {
  int error = 0;                       // errno of what failed; 0 when all were started
  std::string what;                    // what failed: "fork"
  UniqueFd pages;                      // laid out as common/pages.h says
  std::vector<SpawnedWorker> workers;  // in order of index
};

// Returns before the workers have done anything. Of the workers' ends and the mapping of the pages
// the caller keeps nothing. Should one fail to start, those before it are killed and reaped.
SpawnOutcome SpawnWorkers(const internal::Spawn& spawn, const Heritage& heritage);

}  // namespace ipclab
