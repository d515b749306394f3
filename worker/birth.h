// The first act of a worker: what it inherited from its parent by fork is undone.
#pragma once

#include <sys/types.h>

#include "absl/status/status.h"

namespace ipclab {

// Keeps 0, 1, 2 and control of all descriptors (close-on-exec does nothing without exec), gives
// back the signals that the parent blocked or ignored, all but SIGPIPE, and makes the process a
// group of its own that dies with its parent, dumps no core and gains no privileges. Its name
// becomes "ipclab-spare". Errors name the call.
absl::Status LeaveParent(int control, pid_t parent);

// From now on it is called "ipclab-w<index>".
void NameProcess(int index);

// Pins a process, 0 for this one, to one CPU.
absl::Status PinProcess(pid_t pid, int cpu);

// Pins this process to one CPU and makes sure that it runs there. Errors name the CPU.
absl::Status PinTo(int cpu);

}  // namespace ipclab
