#include "server/host/memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace ipclab {

namespace {

// So that half of it is a figure that people can read.
constexpr int64_t kUnit = 2 << 20;

}  // namespace

int64_t HostMemoryBytes() {
  const int64_t total = sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
  // In a container that is its own group's file, and the host's root has none.
  const int64_t bytes = std::min(total, MemoryLimitOf("/sys/fs/cgroup/memory.max", total));
  return bytes / kUnit * kUnit;
}

int64_t MemoryLimitOf(const std::string& path, int64_t otherwise) {
  std::ifstream file(path);
  int64_t bytes = 0;
  return file >> bytes && bytes > 0 ? bytes : otherwise;
}

}  // namespace ipclab
