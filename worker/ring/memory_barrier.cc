#include "worker/ring/memory_barrier.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

namespace ipclab {

bool RegisterForBarriers() {
  return ::syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0, 0) == 0;
}

void RunBarrierEverywhere() {
  // It cannot fail where registering worked; without it a wake-up could be lost unseen.
  if (::syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0) != 0) std::abort();
}

}  // namespace ipclab
