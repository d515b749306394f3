#include "clients/cli/step/terminal_signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

namespace ipclab::cli {

TerminalSignals::TerminalSignals() {
  sigset_t watched;
  ::sigemptyset(&watched);
  for (const int signal : {SIGWINCH, SIGTSTP, SIGCONT}) ::sigaddset(&watched, signal);
  ::pthread_sigmask(SIG_BLOCK, &watched, &mask_before_);
  signals_ = UniqueFd(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
}

TerminalSignals::~TerminalSignals() { ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr); }

std::optional<int> TerminalSignals::Take() {
  signalfd_siginfo info = {};
  if (::read(signals_.get(), &info, sizeof(info)) != sizeof(info)) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

// Not by SIGTSTP itself: every thread blocks it.
void TerminalSignals::StopHere() { ::kill(::getpid(), SIGSTOP); }

}  // namespace ipclab::cli
