#include "tests/bench/process_memory.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace ipclab::bench {

absl::StatusOr<ProcessMemory> MemoryOf(pid_t pid) {
  const std::string path = absl::StrCat("/proc/", pid, "/smaps_rollup");
  std::ifstream file(path);
  ProcessMemory memory;
  std::string word;
  double kibibytes = 0;
  while (file >> word) {
    if (word == "Rss:" && file >> kibibytes) memory.resident_bytes = kibibytes * 1024;
    if (word == "Pss:" && file >> kibibytes) memory.proportional_bytes = kibibytes * 1024;
  }
  if (memory.resident_bytes > 0) return memory;
  return absl::UnavailableError(absl::StrCat("read ", path, ": it says nothing"));
}

absl::StatusOr<int> DescriptorsOf(pid_t pid) {
  std::error_code error;
  const std::filesystem::directory_iterator entries(absl::StrCat("/proc/", pid, "/fd"), error);
  if (error) return absl::UnavailableError(absl::StrCat("read /proc/", pid, "/fd"));
  return static_cast<int>(std::distance(begin(entries), end(entries)));
}

}  // namespace ipclab::bench
