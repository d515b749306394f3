#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "common/unique_fd.h"
#include "tests/bench/bare/acts.h"

namespace ipclab::bench {
namespace {

struct Child {
  pid_t pid = 0;
  UniqueFd socket;

  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    socket.Reset();  // upon which it ends
    if (pid > 0) ::waitpid(pid, nullptr, 0);
  }
};

// One that says a word and then waits for the end of its socket, as a worker does.
bool Fork(Child& child) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return false;
  child.socket.Reset(ends[0]);
  const UniqueFd childs_end(ends[1]);
  child.pid = ::fork();
  if (child.pid == 0) {
    ::close(ends[0]);
    char word = 'r';
    if (::send(ends[1], &word, 1, MSG_NOSIGNAL) != 1) ::_exit(1);
    ::_exit(::recv(ends[1], &word, 1, 0) == 0 ? 0 : 1);
  }
  return child.pid > 0;
}

}  // namespace

BareAnswer Forks() {
  // The first is destroyed last: the second holds a copy of its socket.
  std::array<Child, 2> children;
  const int64_t begin = MonotonicNanos();
  for (Child& child : children) {
    if (!Fork(child)) return Failure(errno);
  }
  for (const Child& child : children) {
    char word = 0;
    if (::recv(child.socket.get(), &word, 1, 0) != 1) {
      return Failure(EPIPE);
    }
  }
  return {.error = 0, .nanos = MonotonicNanos() - begin};
}

}  // namespace ipclab::bench
