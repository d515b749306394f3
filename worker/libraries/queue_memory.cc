#include "worker/libraries/queue_memory.h"

#include <fstream>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"

namespace ipclab {
namespace {

// All there is, where the kernel does not say.
int64_t AvailableMemory() {
  std::ifstream file("/proc/meminfo");
  std::string name;
  int64_t kibibytes;
  std::string unit;
  while (file >> name >> kibibytes >> unit) {
    if (name == "MemAvailable:") return kibibytes * 1024;
  }
  return std::numeric_limits<int64_t>::max();
}

}  // namespace

absl::Status CheckQueueMemory(std::string_view option, int64_t messages, int64_t message_bytes) {
  const int64_t most = AvailableMemory() / 2;
  if (messages <= most / message_bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      "queues of ", messages, " messages of ", message_bytes, " bytes may take more than ", most,
      " bytes, half of the memory that is available here; lower ", std::string(option)));
}

}  // namespace ipclab
