// The terminal as `ipclab step` has it: its other screen, keys as they are pressed, no cursor. When
// it is given back it is as it was.
//
// Main thread, but for RestoreTerminal. At most one at a time.
#pragma once

#include <termios.h>

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/cli/step/step_screen.h"

namespace ipclab::cli {

class FullScreen {
 public:
  // FAILED_PRECONDITION, saying what to do, when standard input and output are no terminal, or one
  // that cannot place text.
  static absl::Status Check();

  // Takes the terminal. Fails as Check does.
  static absl::StatusOr<FullScreen> Enter();

  FullScreen(FullScreen&& other) noexcept;
  FullScreen& operator=(FullScreen&&) = delete;
  ~FullScreen() { Leave(); }

  // Gives the terminal back, and takes it again.
  void Leave();
  void Return();

  ScreenSize size() const;

  // All of the bytes; false when nobody takes them any more.
  bool Write(std::string_view bytes);

  // The bytes of keys that are there; empty when none are. False once the terminal is gone.
  bool ReadKeys(std::string& bytes);

 private:
  explicit FullScreen(const termios& before) : before_(before) { Return(); }

  termios before_;
  bool entered_ = false;
};

// What Leave does, from any thread and at any time: for ends that nobody waits for. Harmless when
// the terminal was not taken.
void RestoreTerminal();

}  // namespace ipclab::cli
