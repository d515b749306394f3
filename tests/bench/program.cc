#include "tests/bench/program.h"

#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"

namespace ipclab::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

int MillisUntil(SteadyClock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now()).count();
  return left > 0 ? static_cast<int>(left) : 0;
}

bool AwaitReadable(int fd, SteadyClock::time_point deadline) {
  pollfd event = {.fd = fd, .events = POLLIN, .revents = 0};
  int ready;
  do {
    ready = ::poll(&event, 1, MillisUntil(deadline));
  } while (ready < 0 && errno == EINTR);
  return ready == 1;
}

void Signal(const UniqueFd& pidfd, int signal) {
  ::syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0);
}

// Pointers into texts, ended by a null, as posix_spawn wants them.
std::vector<char*> PointersTo(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

absl::StatusOr<ChildProgram> ChildProgram::Start(std::vector<std::string> arguments, int in,
                                                 int out, std::vector<std::string> settings) {
  for (char** each = environ; *each != nullptr; ++each) settings.emplace_back(*each);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, arguments[0].c_str(), &actions, nullptr,
                                  PointersTo(arguments).data(), PointersTo(settings).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return ErrnoStatus("posix_spawn", arguments[0], error);
  // A child of ours keeps its number until it is reaped.
  absl::StatusOr<UniqueFd> pidfd = OpenPidfd(pid);
  return ChildProgram(pid, pidfd.ok() ? *std::move(pidfd) : UniqueFd());
}

ChildProgram::~ChildProgram() {
  if (pid_ == 0) return;
  Signal(pidfd_, SIGTERM);
  if (!pidfd_ || !AwaitReadable(pidfd_.get(), SteadyClock::now() + kPatience)) {
    ::kill(pid_, SIGKILL);
  }
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void ChildProgram::Kill() { ::kill(pid_, SIGKILL); }

absl::StatusOr<UniqueFd> OpenPidfd(pid_t pid) {
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd) return ErrnoStatus("pidfd_open", absl::StrCat(pid));
  return pidfd;
}

absl::Status AwaitAll(const std::vector<UniqueFd>& fds) {
  const auto deadline = SteadyClock::now() + kPatience;
  for (const UniqueFd& fd : fds) {
    if (!AwaitReadable(fd.get(), deadline)) {
      return absl::DeadlineExceededError("poll: not all that was waited for came");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> AwaitLine(int fd) {
  const auto deadline = SteadyClock::now() + kPatience;
  std::string line;
  char next = 0;
  while (AwaitReadable(fd, deadline)) {
    const ssize_t got = ::read(fd, &next, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus("read");
    if (got == 0) return absl::UnavailableError(absl::StrCat("it ended after saying: ", line));
    if (next == '\n') return line;
    line += next;
  }
  return absl::DeadlineExceededError(absl::StrCat("no line came, only: ", line));
}

}  // namespace ipclab::bench
