// The signals by which a terminal tells of itself: its size changed, it wants its programs to stop,
// they go on. Read from a descriptor, so no code runs in a signal handler.
//
// Create it before the first thread: those that are there already would take the signals.
#pragma once

#include <csignal>
#include <optional>

#include "common/unique_fd.h"

namespace ipclab::cli {

class TerminalSignals {
 public:
  TerminalSignals();
  ~TerminalSignals();
  TerminalSignals(const TerminalSignals&) = delete;
  TerminalSignals& operator=(const TerminalSignals&) = delete;

  // Readable when a signal came.
  int fd() const { return signals_.get(); }

  // SIGWINCH, SIGTSTP or SIGCONT; nullopt when none waits.
  std::optional<int> Take();

  // Stops this process as SIGTSTP would have; returns when it goes on.
  static void StopHere();

 private:
  sigset_t mask_before_;
  UniqueFd signals_;
};

}  // namespace ipclab::cli
