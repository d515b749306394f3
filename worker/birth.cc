#include "worker/birth.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <climits>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"

namespace ipclab {
namespace {

absl::Status CloseAllBut(unsigned control) {
  constexpr unsigned kFirst = STDERR_FILENO + 1;
  if (control > kFirst && ::close_range(kFirst, control - 1, 0) != 0) {
    return ErrnoStatus("close_range", "below the control socket");
  }
  if (::close_range(control + 1, UINT_MAX, 0) != 0) {
    return ErrnoStatus("close_range", "above the control socket");
  }
  return absl::OkStatus();
}

absl::Status RestoreSignals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) ::signal(signal, SIG_DFL);
  ::signal(SIGPIPE, SIG_IGN);  // A write to a pipe that nobody reads shall answer EPIPE.
  sigset_t none;
  ::sigemptyset(&none);
  if (::sigprocmask(SIG_SETMASK, &none, nullptr) != 0) return ErrnoStatus("sigprocmask");
  return absl::OkStatus();
}

}  // namespace

absl::Status LeaveParent(int control, pid_t parent) {
  if (absl::Status status = CloseAllBut(static_cast<unsigned>(control)); !status.ok()) {
    return status;
  }
  if (absl::Status status = RestoreSignals(); !status.ok()) return status;
  // Not setsid: with CONFIG_SCHED_AUTOGROUP every session is a scheduling group of its own, and in
  // a session each, two bare processes take 12% longer for a round trip over a pipe on one CPU. The
  // zygote's session has no terminal either.
  if (::setpgid(0, 0) != 0) return ErrnoStatus("setpgid");
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return ErrnoStatus("prctl", "PR_SET_PDEATHSIG");
  // The parent may have died before that, and its signal with it.
  if (::getppid() != parent) ::_exit(1);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return ErrnoStatus("prctl", "PR_SET_NO_NEW_PRIVS");
  }
  const rlimit no_core = {0, 0};
  if (::setrlimit(RLIMIT_CORE, &no_core) != 0) return ErrnoStatus("setrlimit", "RLIMIT_CORE");
  ::prctl(PR_SET_NAME, "ipclab-spare");
  return absl::OkStatus();
}

void NameProcess(int index) {
  const std::string name = absl::StrCat("ipclab-w", index);
  ::prctl(PR_SET_NAME, name.c_str());
}

absl::Status PinProcess(pid_t pid, int cpu) {
  const std::string subject = absl::StrCat("cpu ", cpu);
  if (cpu < 0 || cpu >= CPU_SETSIZE) return ErrnoStatus("sched_setaffinity", subject, EINVAL);
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (::sched_setaffinity(pid, sizeof set, &set) != 0) {
    return ErrnoStatus("sched_setaffinity", subject);
  }
  return absl::OkStatus();
}

absl::Status PinTo(int cpu) {
  if (absl::Status status = PinProcess(0, cpu); !status.ok()) return status;
  const int found = ::sched_getcpu();  // The kernel moves us before it returns.
  if (found != cpu) {
    return absl::InternalError(absl::StrCat("pin to cpu ", cpu, ": found on cpu ", found));
  }
  return absl::OkStatus();
}

}  // namespace ipclab
