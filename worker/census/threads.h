// The threads of this process, for counts that must speak of all of them.
#pragma once

#include <sys/types.h>

#include <vector>

namespace ipclab {

struct ThreadOfProcess {
  pid_t id;
  // The kernel's own, in the name of this process, as io_uring makes: it makes no system calls.
  bool of_kernel;
};

// Those that there are now; empty where /proc tells nothing.
std::vector<ThreadOfProcess> ThreadsOfThisProcess();

}  // namespace ipclab
