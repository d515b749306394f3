#include "tests/bench/peers/peer_run.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/errno_status.h"
#include "tests/bench/peers/free_port.h"
#include "tests/bench/peers/spread.h"
#include "tests/bench/program.h"

namespace ipclab::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Of a peer, which does its work in some two seconds. timeout(1) ends it and all that it started.
constexpr std::chrono::seconds kLongest(15);

bool IsInstalled(const std::string& program) {
  const char* const path = std::getenv("PATH");
  for (const absl::string_view folder : absl::StrSplit(path ? path : "", ':', absl::SkipEmpty())) {
    if (::access(absl::StrCat(folder, "/", program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

// The shell is replaced by timeout, so that the process that is started is that one, and its two
// streams are one.
std::vector<std::string> CommandLine(const std::vector<std::string>& command,
                                     const std::string& cpus, const std::string& port) {
  std::vector<std::string> line = {"/bin/sh",
                                   "-c",
                                   "exec \"$@\" 2>&1",
                                   "sh",
                                   "timeout",
                                   "--kill-after=1",
                                   absl::StrCat(kLongest.count()),
                                   "taskset",
                                   "--cpu-list",
                                   cpus};
  for (const std::string& word : command) {
    line.push_back(absl::StrReplaceAll(word, {{"{port}", port}}));
  }
  return line;
}

// All that comes until the end of it.
absl::StatusOr<std::string> ReadAll(int fd) {
  const auto deadline = SteadyClock::now() + kLongest + std::chrono::seconds(3);
  std::string text;
  while (SteadyClock::now() < deadline) {
    pollfd event = {.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&event, 1, 1000) <= 0) continue;
    char buffer[4096];
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus("read");
    if (got == 0) return text;
    text.append(buffer, static_cast<size_t>(got));
  }
  return absl::DeadlineExceededError(absl::StrCat("not done after ", kLongest.count(), " s"));
}

struct Pipe {
  UniqueFd out;
  UniqueFd in;
};

absl::StatusOr<Pipe> NewPipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoStatus("pipe2");
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

}  // namespace

absl::StatusOr<double> RunPeer(const Peer& peer, const Cpus& cpus) {
  for (const std::string& program : {peer.command[0], std::string("taskset")}) {
    if (!IsInstalled(program)) {
      return absl::NotFoundError(absl::StrCat("not installed: ", program));
    }
  }
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  std::string port;
  std::optional<ChildProgram> server;
  if (!peer.server.empty()) {
    absl::StatusOr<FreePort> free = FreePort::Find();
    if (!free.ok()) return free.status();
    port = absl::StrCat(free->number());
    absl::StatusOr<ChildProgram> started = ChildProgram::Start(
        CommandLine(peer.server, absl::StrCat(cpus[1]), port), null.get(), null.get());
    if (!started.ok()) return started.status();
    server.emplace(*std::move(started));
    if (absl::Status status = free->AwaitListener(); !status.ok()) return status;
  }
  absl::StatusOr<Pipe> pipe = NewPipe();
  if (!pipe.ok()) return pipe.status();
  const bool spread = peer.server.empty() && cpus[0] != cpus[1];
  const std::string where = spread ? absl::StrCat(cpus[0], ",", cpus[1]) : absl::StrCat(cpus[0]);
  absl::StatusOr<ChildProgram> program =
      ChildProgram::Start(CommandLine(peer.command, where, port), null.get(), pipe->in.get());
  if (!program.ok()) return program.status();
  pipe->in.Reset();
  const absl::Status pinned =
      spread ? SpreadLastTwo(program->pid(), peer.threads, cpus) : absl::OkStatus();
  const absl::StatusOr<std::string> output = ReadAll(pipe->out.get());
  if (!output.ok()) return output.status();
  const absl::StatusOr<double> figure = peer.parse(*output);
  if (!figure.ok()) return figure.status();
  if (!pinned.ok()) return pinned;
  return *figure * peer.times;
}

}  // namespace ipclab::bench
