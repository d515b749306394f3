// A program that a benchmark starts: ended and reaped by its owner, addressed by its pidfd.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/unique_fd.h"

namespace ipclab::bench {

// What anything that must happen may take before a benchmark gives up.
inline constexpr std::chrono::seconds kPatience(20);

class ChildProgram {
 public:
  // Starts arguments[0]; in and out become its descriptors 0 and 1 and stay the caller's. settings,
  // each "NAME=value", go before the environment that it inherits.
  static absl::StatusOr<ChildProgram> Start(std::vector<std::string> arguments, int in, int out,
                                            std::vector<std::string> settings = {});

  ChildProgram(ChildProgram&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)), pidfd_(std::move(other.pidfd_)) {}
  ChildProgram& operator=(ChildProgram&&) = delete;
  // SIGTERM, and SIGKILL when that is not enough.
  ~ChildProgram();

  pid_t pid() const { return pid_; }

  // SIGKILL; does not wait.
  void Kill();

 private:
  ChildProgram(pid_t pid, UniqueFd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}

  pid_t pid_;
  UniqueFd pidfd_;
};

// Of a process that lives; for waiting until it does not.
absl::StatusOr<UniqueFd> OpenPidfd(pid_t pid);

// Waits until all descriptors are readable, which a pidfd is once its process is gone.
absl::Status AwaitAll(const std::vector<UniqueFd>& fds);

// The first line that comes out of fd; UNAVAILABLE when it ends before, DEADLINE_EXCEEDED when
// patience runs out.
absl::StatusOr<std::string> AwaitLine(int fd);

}  // namespace ipclab::bench
