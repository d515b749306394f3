#include "server/rpc/address.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/ipc_name.h"

namespace ipclab {
namespace {

constexpr char kUnix[] = "unix:";

absl::Status CheckFolder(const std::string& folder) {
  struct stat info;
  if (stat(folder.c_str(), &info) != 0) {
    const int error = errno;
    const absl::Status status = ErrnoStatus("listen in", folder, error);
    if (error != ENOENT) return status;
    return absl::NotFoundError(
        absl::StrCat(std::string(status.message()), "; make it: mkdir -m 700 ", folder));
  }
  if (!S_ISDIR(info.st_mode) || info.st_uid != geteuid() || (info.st_mode & 077) != 0) {
    return absl::PermissionDeniedError(absl::StrCat(
        folder,
        " must be a folder of yours that nobody else can enter, because who reaches the "
        "socket may start processes; make one for it: mkdir -m 700 ",
        folder == "/" ? "" : folder, "/ipclab"));
  }
  return absl::OkStatus();
}

bool BearsName(const UniqueFd& file, const std::string& path) {
  struct stat opened;
  struct stat named;
  return fstat(file.get(), &opened) == 0 && stat(path.c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

// The lock, or nothing when another process has it. A server removes its lock file when it stops,
// so a lock counts only on the file that still bears the name.
absl::StatusOr<SocketLock> TakeLock(const std::string& path) {
  while (true) {
    UniqueFd file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file) return ErrnoStatus("open", path);
    if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) return SocketLock();
    if (BearsName(file, path)) return SocketLock(std::move(file), path);
  }
}

absl::StatusOr<Address> PrepareUnix(const std::string& path) {
  if (!absl::StartsWith(path, "/")) {
    return absl::InvalidArgumentError(
        absl::StrCat("a Unix socket needs an absolute path: unix:/run/..., not unix:", path));
  }
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return absl::InvalidArgumentError(absl::StrCat("the path of a Unix socket has at most ",
                                                   sizeof(sockaddr_un::sun_path) - 1,
                                                   " characters: ", path));
  }
  const size_t slash = path.rfind('/');
  if (absl::Status status = CheckFolder(slash == 0 ? "/" : path.substr(0, slash)); !status.ok()) {
    return status;
  }
  Address address{.uri = absl::StrCat(kUnix, path), .path = path, .lock = SocketLock()};
  auto lock = TakeLock(path + ".lock");
  if (!lock.ok()) return lock.status();
  address.lock = *std::move(lock);
  if (address.lock) return address;
  return absl::FailedPreconditionError(
      absl::StrCat("another ipclabd listens on ", address.uri,
                   "; stop it, or choose another address with --listen"));
}

// The host part of "HOST:PORT", without the brackets of IPv6; empty when there is no port.
std::string HostOf(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return "";
  unsigned port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc() || stop != end || port > 65535) return "";
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    return host.substr(1, host.size() - 2);
  }
  // "::1:80" might be an address without a port.
  return host.find(':') == std::string::npos ? host : "";
}

bool IsLoopback(const std::string& host) {
  in_addr four;
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  in6_addr six;
  if (inet_pton(AF_INET6, host.c_str(), &six) == 1) return IN6_IS_ADDR_LOOPBACK(&six);
  return host == "localhost";
}

}  // namespace

SocketLock::~SocketLock() {
  if (file_ && BearsName(file_, path_)) unlink(path_.c_str());
}

absl::StatusOr<Address> PrepareAddress(const std::string& text, Reach reach) {
  if (absl::StartsWith(text, kUnix)) return PrepareUnix(text.substr(sizeof kUnix - 1));
  const std::string host = HostOf(text);
  if (host.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is no address: use unix:/path or 127.0.0.1:PORT"));
  }
  const bool beyond_loopback = !IsLoopback(host);
  if (beyond_loopback && reach == Reach::kLoopback) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text,
        "\" is not on loopback, and without TLS whoever is on the way can read the token: use "
        "127.0.0.1:PORT, or give --tls-cert and --tls-key (`ipclab certs` makes them), or, in a "
        "network that you trust, --insecure-remote"));
  }
  return Address{.uri = text,
                 .by_network = true,
                 .beyond_loopback = beyond_loopback,
                 .path = "",
                 .lock = SocketLock()};
}

absl::StatusOr<std::string> DefaultAddress() {
  auto folder = RuntimeFolder();
  if (!folder.ok()) return folder.status();
  return absl::StrCat(kUnix, *folder, "/ipclabd.sock");
}

}  // namespace ipclab
