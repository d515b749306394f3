// The kernel's list of CPUs: any text gives a list in its order or an error.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/topology.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto cpus = ipclab::ParseCpuList(std::string(reinterpret_cast<const char*>(data), size));
  if (!cpus.ok()) return 0;
  for (const int cpu : *cpus) {
    if (cpu < 0) std::abort();
  }
  return 0;
}
