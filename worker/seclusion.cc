#include "worker/seclusion.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <climits>

#include "common/errno_status.h"

namespace ipclab {
namespace {

absl::Status SilenceStandardStreams() {
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return ErrnoStatus("open", "/dev/null");
  if (::dup2(null.get(), STDIN_FILENO) < 0) return ErrnoStatus("dup2", "stdin");
  if (::dup2(null.get(), STDOUT_FILENO) < 0) return ErrnoStatus("dup2", "stdout");
  return absl::OkStatus();
}

// Whoever started this may have ignored signals, and exec keeps that.
void SetSignals() {
  for (int signal = 1; signal <= SIGRTMAX; ++signal) ::signal(signal, SIG_DFL);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(signal, SIG_IGN);
}

}  // namespace

absl::StatusOr<UniqueFd> Seclude(int last_kept) {
  if (::close_range(static_cast<unsigned>(last_kept) + 1, UINT_MAX, 0) != 0) {
    return ErrnoStatus("close_range");
  }
  if (absl::Status status = SilenceStandardStreams(); !status.ok()) return status;
  ::setsid();  // Fails only for one who leads a group already, which is as good.
  SetSignals();
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
    return ErrnoStatus("prctl", "PR_SET_CHILD_SUBREAPER");
  }
  // At the server's death, should this be stopped then: it must see the end of its socket, remove
  // what is to be removed and go.
  if (::prctl(PR_SET_PDEATHSIG, SIGCONT) != 0) return ErrnoStatus("prctl", "PR_SET_PDEATHSIG");
  sigset_t child;
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  if (::sigprocmask(SIG_SETMASK, &child, nullptr) != 0) return ErrnoStatus("sigprocmask");
  UniqueFd children(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!children) return ErrnoStatus("signalfd");
  return children;
}

}  // namespace ipclab
