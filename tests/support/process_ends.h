// Waiting for processes that are not the test's own children to end, by pidfd.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/unique_fd.h"

namespace ipclab {

// Empty when there is no such process.
UniqueFd OpenPidfd(pid_t pid);

// Waits until fd is readable or at its end; for a pidfd, until the process has ended. False when
// patience ran out.
bool AwaitReadable(int fd, absl::Duration patience);

// Some processes, held by pidfd: ids that are used anew do not deceive it.
class ProcessGroup {
 public:
  explicit ProcessGroup(const std::vector<pid_t>& pids);

  // Waits until all have ended. How long that took; nullopt when patience ran out.
  std::optional<absl::Duration> AwaitEnd(absl::Duration patience);

 private:
  std::vector<UniqueFd> pidfds_;
};

// The children of all its threads, those that nobody has reaped included.
std::vector<pid_t> ChildrenOf(pid_t pid);

// All processes that were started with this text ("NAME=value") in their environment.
std::vector<pid_t> ProcessesWith(const std::string& variable);

}  // namespace ipclab
