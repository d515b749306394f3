#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "common/unique_fd.h"
#include "tests/bench/bare/acts.h"

namespace ipclab::bench {
namespace {

constexpr int kMost = 256;

// Idle until it is killed, and reaped, at the latest by its owner.
struct Child {
  pid_t pid = 0;
  UniqueFd pidfd;

  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid <= 0) return;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }

  bool Start() {
    pid = ::fork();
    if (pid == 0) {
      while (true) ::pause();
    }
    if (pid < 0) return false;
    pidfd.Reset(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    return static_cast<bool>(pidfd);
  }

  void AwaitEnd() const {
    pollfd end = {.fd = pidfd.get(), .events = POLLIN, .revents = 0};
    while (::poll(&end, 1, -1) < 0) {
    }
  }
};

}  // namespace

BareAnswer Kills(const BareRequest& request) {
  if (request.count > kMost) return Failure(EINVAL);
  std::array<Child, kMost> children;
  for (int i = 0; i < request.count; ++i) {
    if (!children[i].Start()) return Failure(errno);
  }
  const int64_t begin = MonotonicNanos();
  for (int i = 0; i < request.count; ++i) ::kill(children[i].pid, SIGKILL);
  for (int i = 0; i < request.count; ++i) children[i].AwaitEnd();
  return {.error = 0, .nanos = MonotonicNanos() - begin};
}

}  // namespace ipclab::bench
