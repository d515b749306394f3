#include "clients/cli/step/full_screen.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "common/errno_status.h"

namespace ipclab::cli {
namespace {

// The other screen, no cursor, and no line that runs over into the next.
constexpr std::string_view kTake = "\033[?1049h\033[?25l\033[?7l\033[2J";
constexpr std::string_view kGiveBack = "\033[0m\033[?7h\033[?25h\033[?1049l";

// For RestoreTerminal, which has no object to ask.
termios g_before;
std::atomic<bool> g_taken = false;

bool WriteAll(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EAGAIN) {
      // A shell's terminal may be non-blocking; a reader that stopped by Ctrl-S is waited for.
      pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
      if (::poll(&room, 1, -1) < 0 && errno != EINTR) return false;
      continue;
    }
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

// Keys one by one and unseen. Ctrl-C and Ctrl-Z stay signals; Ctrl-\ would leave the terminal as it
// is, so it is nothing.
termios ByKeys(termios settings) {
  settings.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | IEXTEN);
  settings.c_iflag &= ~static_cast<tcflag_t>(IXON | ICRNL | INLCR | ISTRIP);
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  settings.c_cc[VQUIT] = _POSIX_VDISABLE;
  return settings;
}

}  // namespace

absl::Status FullScreen::Check() {
  constexpr char kInstead[] =
      "; --script \"A B A\" steps without one, and --json prints what a program reads";
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDOUT_FILENO) != 1) {
    return absl::FailedPreconditionError(std::string("stepping by keys needs a terminal") +
                                         kInstead);
  }
  const char* term = std::getenv("TERM");
  if (!term || !*term || std::string_view(term) == "dumb") {
    return absl::FailedPreconditionError(
        std::string("this terminal cannot place text (TERM is \"") + (term ? term : "") + "\")" +
        kInstead);
  }
  return absl::OkStatus();
}

absl::StatusOr<FullScreen> FullScreen::Enter() {
  if (absl::Status fits = Check(); !fits.ok()) return fits;
  termios before;
  if (::tcgetattr(STDIN_FILENO, &before) != 0) return ErrnoStatus("tcgetattr");
  return FullScreen(before);
}

FullScreen::FullScreen(FullScreen&& other) noexcept
    : before_(other.before_), entered_(std::exchange(other.entered_, false)) {}

void FullScreen::Return() {
  if (std::exchange(entered_, true)) return;
  g_before = before_;
  g_taken.store(true);
  const termios by_keys = ByKeys(before_);
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &by_keys);
  WriteAll(kTake);
}

void FullScreen::Leave() {
  if (std::exchange(entered_, false)) RestoreTerminal();
}

void RestoreTerminal() {
  if (!g_taken.exchange(false)) return;
  WriteAll(kGiveBack);
  // What was typed and not read would go to the shell.
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &g_before);
}

ScreenSize FullScreen::size() const {
  winsize size = {};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return {};
  }
  return {.columns = size.ws_col, .rows = size.ws_row};
}

bool FullScreen::Write(std::string_view bytes) { return WriteAll(bytes); }

bool FullScreen::ReadKeys(std::string& bytes) {
  char buffer[256];
  const ssize_t count = ::read(STDIN_FILENO, buffer, sizeof(buffer));
  bytes.assign(buffer, count > 0 ? static_cast<size_t>(count) : 0);
  return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

}  // namespace ipclab::cli
