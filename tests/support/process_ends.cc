#include "tests/support/process_ends.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/time/clock.h"

namespace ipclab {

UniqueFd OpenPidfd(pid_t pid) {
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

bool AwaitReadable(int fd, absl::Duration patience) {
  const absl::Time deadline = absl::Now() + patience;
  while (true) {
    const absl::Duration left = std::max(deadline - absl::Now(), absl::ZeroDuration());
    pollfd event{fd, POLLIN, 0};
    // Rounded up: a poll of 0 ms before the deadline would spin.
    const int millis = static_cast<int>(absl::ToInt64Milliseconds(left + absl::Microseconds(999)));
    const int ready = ::poll(&event, 1, millis);
    if (ready == 1) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

ProcessGroup::ProcessGroup(const std::vector<pid_t>& pids) {
  for (const pid_t pid : pids) {
    if (UniqueFd pidfd = OpenPidfd(pid)) pidfds_.push_back(std::move(pidfd));
  }
}

std::optional<absl::Duration> ProcessGroup::AwaitEnd(absl::Duration patience) {
  const absl::Time start = absl::Now();
  for (const UniqueFd& pidfd : pidfds_) {
    if (!AwaitReadable(pidfd.get(), start + patience - absl::Now())) return std::nullopt;
  }
  return absl::Now() - start;
}

std::vector<pid_t> ChildrenOf(pid_t pid) {
  std::vector<pid_t> children;
  std::error_code error;
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks, error)) {
    std::ifstream file(task.path() / "children");
    for (pid_t child; file >> child;) children.push_back(child);
  }
  return children;
}

std::vector<pid_t> ProcessesWith(const std::string& variable) {
  std::vector<pid_t> pids;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 0) continue;
    std::ifstream file(entry.path() / "environ", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (('\0' + text).find('\0' + variable + '\0') != std::string::npos) pids.push_back(pid);
  }
  return pids;
}

}  // namespace ipclab
