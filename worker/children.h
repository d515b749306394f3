// The processes that this one has started, such as a broker: what they use is part of a mechanism's
// price, though not of this process.
#pragma once

#include <sys/types.h>

#include <vector>

namespace ipclab {

// Of this thread, those that live. Empty where the kernel does not tell (CONFIG_PROC_CHILDREN).
std::vector<pid_t> Children();

}  // namespace ipclab
