#include "clients/cli/private_server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/errno_status.h"

namespace ipclab::cli {
namespace {

constexpr off_t kMostOutput = 8 * 1024;
constexpr int kServerFd = 3;

// posix_spawn's two argument blocks, freed together.
struct SpawnPlan {
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

std::string OwnFolder() {
  char path[4096];
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof(path));
  const std::string self(path, length > 0 ? static_cast<size_t>(length) : 0);
  return self.substr(0, self.rfind('/'));
}

absl::StatusOr<int> Spawn(const std::string& program, int socket, int output) {
  SpawnPlan plan;
  ::posix_spawn_file_actions_addopen(&plan.actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&plan.actions, output, 1);
  ::posix_spawn_file_actions_adddup2(&plan.actions, output, 2);
  ::posix_spawn_file_actions_adddup2(&plan.actions, socket, kServerFd);
  ::posix_spawn_file_actions_addclosefrom_np(&plan.actions, kServerFd + 1);
  // A group of its own: Ctrl-C at the terminal is for us alone, who then end the experiment in
  // order. And none of our signal settings.
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setpgroup(&plan.attributes, 0);
  ::posix_spawnattr_setsigmask(&plan.attributes, &none);
  ::posix_spawnattr_setsigdefault(&plan.attributes, &all);
  ::posix_spawnattr_setflags(
      &plan.attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string words[] = {program, "--private-fd", absl::StrCat(kServerFd)};
  char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, program.c_str(), &plan.actions, &plan.attributes, arguments, environ);
  if (error != 0) return ErrnoStatus("posix_spawn", program, error);
  return pid;
}

}  // namespace

absl::StatusOr<PrivateServer> PrivateServer::Start(const std::string& program,
                                                   std::chrono::milliseconds patience) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return ErrnoStatus("socketpair");
  }
  UniqueFd ours(ends[0]);
  UniqueFd servers(ends[1]);
  if (::fcntl(ours.get(), F_SETFL, O_NONBLOCK) != 0) return ErrnoStatus("fcntl(O_NONBLOCK)");
  UniqueFd hang_up(::fcntl(ours.get(), F_DUPFD_CLOEXEC, 0));
  if (!hang_up) return ErrnoStatus("fcntl(F_DUPFD_CLOEXEC)");
  // Memory rather than a pipe: the server never waits for us to read, and nothing is on disk.
  UniqueFd output(::memfd_create("ipclabd-output", MFD_CLOEXEC));
  if (!output) return ErrnoStatus("memfd_create");
  const absl::StatusOr<int> pid = Spawn(program, servers.get(), output.get());
  if (!pid.ok()) return pid.status();
  return PrivateServer(std::move(ours), std::move(hang_up), std::move(output),
                       Child(*pid, patience));
}

PrivateServer::PrivateServer(UniqueFd socket, UniqueFd hang_up, UniqueFd output, Child child)
    : socket_(std::move(socket)),
      hang_up_(std::move(hang_up)),
      output_(std::move(output)),
      child_(std::move(child)) {}

PrivateServer::~PrivateServer() { Stop(); }

void PrivateServer::Stop() {
  if (hang_up_) ::shutdown(hang_up_.get(), SHUT_RDWR);
  hang_up_.Reset();
  socket_.Reset();
  child_.End();
}

std::string PrivateServer::Output() const {
  struct stat info = {};
  if (::fstat(output_.get(), &info) != 0) return "";
  const off_t length = std::min(info.st_size, kMostOutput);
  std::string text(static_cast<size_t>(length), '\0');
  const ssize_t read = ::pread(output_.get(), text.data(), text.size(), info.st_size - length);
  text.resize(read > 0 ? static_cast<size_t>(read) : 0);
  return text;
}

// pidfd_open cannot meet another process: ours keeps its number until it is reaped. A bare system
// call, because glibc 2.36 declares pidfd_open to C only.
PrivateServer::Child::Child(int pid, std::chrono::milliseconds patience)
    : pid_(pid), patience_(patience), pidfd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}

PrivateServer::Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      patience_(other.patience_),
      pidfd_(std::move(other.pidfd_)) {}

void PrivateServer::Child::End() {
  if (pid_ == 0) return;
  const auto deadline = std::chrono::steady_clock::now() + patience_;
  pollfd ended = {.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
  int ready = 0;
  do {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    ready = pidfd_ ? ::poll(&ended, 1, std::max<int>(0, static_cast<int>(left.count()))) : 0;
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
}

absl::StatusOr<std::string> FindServerProgram() {
  const std::string own = OwnFolder();
  const std::vector<std::string> beside = {own, absl::StrCat(own, "/../libexec")};
  std::vector<std::string> places = beside;
  const char* path = std::getenv("PATH");
  for (const std::string& folder :
       std::vector<std::string>(absl::StrSplit(path ? path : "", ':', absl::SkipEmpty()))) {
    places.push_back(folder);
  }
  for (const std::string& folder : places) {
    std::string program = absl::StrCat(folder, "/ipclabd");
    struct stat info = {};
    const bool file = ::stat(program.c_str(), &info) == 0 && S_ISREG(info.st_mode);
    if (file && ::access(program.c_str(), X_OK) == 0) return program;
  }
  return absl::NotFoundError(
      absl::StrCat("there is no ipclabd in ", absl::StrJoin(beside, ", "), " or in PATH"));
}

}  // namespace ipclab::cli
