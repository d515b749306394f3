#include "worker/child.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace ipclab {

Child Child::Fork(absl::FunctionRef<void()> body) {
  const pid_t pid = ::fork();
  if (pid < 0) return Child();
  if (pid == 0) {
    body();
    std::abort();
  }
  return Child(pid);
}

Child::~Child() {
  if (pid_ <= 0) return;
  const int saved = errno;
  ::kill(-pid_, SIGKILL);  // It leads no group in its first moments.
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  errno = saved;
}

}  // namespace ipclab
