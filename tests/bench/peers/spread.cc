#include "tests/bench/peers/spread.h"

#include <poll.h>
#include <sched.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"

namespace ipclab::bench {
namespace {

constexpr int kLookEveryMillis = 1;
constexpr std::chrono::seconds kLongest(2);

std::vector<pid_t> ThreadsOf(pid_t process) {
  std::vector<pid_t> threads;
  std::error_code gone;
  for (const auto& entry :
       std::filesystem::directory_iterator(absl::StrCat("/proc/", process, "/task"), gone)) {
    const std::string name = entry.path().filename();
    pid_t thread = 0;
    std::from_chars(name.data(), name.data() + name.size(), thread);
    threads.push_back(thread);
  }
  return threads;
}

// The threads of all processes below this one, its own left out.
void AddThreadsBelow(pid_t process, std::vector<pid_t>& threads) {
  for (const pid_t thread : ThreadsOf(process)) {
    std::ifstream children(absl::StrCat("/proc/", process, "/task/", thread, "/children"));
    for (pid_t child; children >> child;) {
      const std::vector<pid_t> own = ThreadsOf(child);
      threads.insert(threads.end(), own.begin(), own.end());
      AddThreadsBelow(child, threads);
    }
  }
}

absl::Status Pin(pid_t thread, int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (::sched_setaffinity(thread, sizeof set, &set) == 0) return absl::OkStatus();
  return ErrnoStatus("sched_setaffinity", absl::StrCat("of a peer's thread ", thread));
}

}  // namespace

absl::Status SpreadLastTwo(pid_t parent, size_t threads, const std::array<int, 2>& cpus) {
  const auto deadline = std::chrono::steady_clock::now() + kLongest;
  std::vector<pid_t> found;
  while (found.size() < threads) {
    if (std::chrono::steady_clock::now() > deadline) {
      return absl::UnavailableError(absl::StrCat("not pinned: it has ", found.size(), " threads, ",
                                                 threads, " were expected"));
    }
    ::poll(nullptr, 0, kLookEveryMillis);
    found.clear();
    AddThreadsBelow(parent, found);
  }
  // By age: numbers grow, but for the one time in 4 million when they begin anew.
  std::sort(found.begin(), found.end());
  const absl::Status first = Pin(found[found.size() - 2], cpus[0]);
  return first.ok() ? Pin(found.back(), cpus[1]) : first;
}

}  // namespace ipclab::bench
