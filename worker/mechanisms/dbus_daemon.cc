#include "worker/mechanisms/dbus_daemon.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <sstream>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/unique_fd.h"

namespace ipclab {
namespace {

constexpr int kStartMilliseconds = 10'000;

// Anybody who is let in may own any name and send to anybody. What limits an ordinary bus only gets
// in the way of two workers; max_incoming_bytes is the one that makes it hold back.
std::string Configuration(const std::string& address) {
  return absl::StrCat("<busconfig><listen>", address,
                      "</listen><auth>EXTERNAL</auth>"
                      "<policy context=\"default\"><allow send_destination=\"*\"/>"
                      "<allow receive_sender=\"*\"/><allow own=\"*\"/></policy>"
                      "<limit name=\"max_incoming_bytes\">",
                      kDaemonWindowBytes,
                      "</limit><limit name=\"max_outgoing_bytes\">1000000000</limit>"
                      "<limit name=\"max_message_size\">134217728</limit>"
                      "<limit name=\"max_replies_per_connection\">1000000</limit></busconfig>");
}

absl::Status Write(const std::string& path, std::string_view text) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return ErrnoStatus("open", path);
  const ssize_t written = ::write(file.get(), text.data(), text.size());
  if (written < 0) return ErrnoStatus("write", path);
  if (written != static_cast<ssize_t>(text.size())) return ErrnoStatus("write", path, ENOSPC);
  return absl::OkStatus();
}

// Becomes the daemon; it writes its address to fd when it listens.
[[noreturn]] void Become(const std::string& program, const std::string& config, int fd,
                         pid_t parent) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent) ::_exit(127);
  ::fcntl(fd, F_SETFD, 0);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(null, STDERR_FILENO);
  const std::string file = absl::StrCat("--config-file=", config);
  const std::string report = absl::StrCat("--print-address=", fd);
  ::execl(program.c_str(), program.c_str(), file.c_str(), report.c_str(), "--nofork", "--nopidfile",
          "--nosyslog", static_cast<char*>(nullptr));
  ::_exit(127);
}

// The end of the pipe without a word means that it did not come up.
absl::Status AwaitWord(int fd) {
  pollfd event = {fd, POLLIN, 0};
  int ready;
  while ((ready = ::poll(&event, 1, kStartMilliseconds)) < 0 && errno == EINTR) {
  }
  if (ready == 0) return absl::UnavailableError("dbus-daemon does not say that it listens");
  char first;
  if (ready < 0 || ::read(fd, &first, 1) != 1) {
    return absl::UnavailableError("dbus-daemon ended before it listened");
  }
  return absl::OkStatus();
}

}  // namespace

std::string DbusDaemon::Find() {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(absl::StrCat(path == nullptr ? "" : path, ":/usr/bin:/bin"));
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string program = absl::StrCat(folder, "/dbus-daemon");
    if (folder.starts_with('/') && ::access(program.c_str(), X_OK) == 0) return program;
  }
  return "";
}

std::string DbusDaemon::AddressOf(const std::string& socket) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/.";
  std::string address = "unix:path=";
  for (const char c : socket) {
    if (kPlain.find(c) != std::string_view::npos) {
      address += c;
    } else {
      absl::StrAppend(&address, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    }
  }
  return address;
}

absl::StatusOr<DbusDaemon> DbusDaemon::Start(const std::string& socket, const std::string& config) {
  const std::string program = Find();
  if (program.empty()) {
    return absl::NotFoundError("there is no dbus-daemon; install it, or use broker=none");
  }
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) return ErrnoStatus("pipe2");
  const UniqueFd read(fds[0]);
  UniqueFd write(fds[1]);
  if (auto status = Write(config, Configuration(AddressOf(socket))); !status.ok()) return status;
  const pid_t parent = ::getpid();
  Child child = Child::Fork([&] { Become(program, config, fds[1], parent); });
  const int error = errno;
  write.Reset();
  const absl::Status listens = child ? AwaitWord(read.get()) : ErrnoStatus("fork", "", error);
  ::unlink(config.c_str());
  if (!listens.ok()) return listens;
  return DbusDaemon(std::move(child));
}

}  // namespace ipclab
