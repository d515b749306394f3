#include "worker/memory_lock.h"

#include <sys/mman.h>

#include <cerrno>

namespace ipclab {

int LockMemory(std::span<const std::span<const std::byte>> needed) {
  // Not MCL_FUTURE: what a mechanism maps for each message is its own affair, and its price.
  if (::mlockall(MCL_CURRENT | MCL_ONFAULT) == 0) return 0;
  int error = 0;
  for (const std::span<const std::byte> block : needed) {
    if (::mlock2(block.data(), block.size(), MLOCK_ONFAULT) != 0) error = errno;
  }
  return error;
}

}  // namespace ipclab
