#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <vector>

#include "common/unique_fd.h"
#include "tests/bench/bare/acts.h"

namespace ipclab::bench {
namespace {

struct Child {
  pid_t pid;
  UniqueFd pidfd;
};

void KillAll(const std::vector<Child>& children) {
  for (const Child& child : children) ::kill(child.pid, SIGKILL);
}

}  // namespace

BareAnswer Kills(const BareRequest& request, const Clock& clock) {
  std::vector<Child> children;
  int error = 0;
  for (int i = 0; i < request.count && error == 0; ++i) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      for (;;) ::pause();
    }
    if (pid < 0) {
      error = errno;
      break;
    }
    children.push_back({pid, UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)))});
    if (!children.back().pidfd) error = errno;
  }
  const uint64_t begin = clock.Now();
  KillAll(children);
  for (const Child& child : children) {
    pollfd end = {.fd = child.pidfd.get(), .events = POLLIN, .revents = 0};
    while (child.pidfd && ::poll(&end, 1, -1) < 0) {
    }
  }
  const int64_t nanos = clock.Nanos(begin, clock.Now());
  for (const Child& child : children) ::waitpid(child.pid, nullptr, 0);
  return {.error = error, .nanos = nanos, .total_nanos = 0};
}

}  // namespace ipclab::bench
