#include "clients/cli/server_address.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/unique_fd.h"

namespace ipclab::cli {
namespace {

absl::Status BadAddress(const std::string& text) {
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text,
      "\" is no server's address: use unix:/path, host:port, [::1]:port or tls:host:port"));
}

}  // namespace

bool ServerAddress::is_local() const {
  if (is_unix() || host == "localhost") return true;
  // Not by how it begins: 127.evil.example is a name like any other.
  in_addr four;
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  in6_addr six;
  return ::inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

std::string ServerAddress::Target() const {
  if (is_unix()) return absl::StrCat("unix:", path);
  const bool v6 = host.find(':') != std::string::npos;
  return v6 ? absl::StrCat("[", host, "]:", port) : absl::StrCat(host, ":", port);
}

absl::StatusOr<ServerAddress> ParseServerAddress(const std::string& text) {
  ServerAddress address;
  constexpr char kUnix[] = "unix:";
  if (absl::StartsWith(text, kUnix) || absl::StartsWith(text, "/")) {
    address.path = absl::StartsWith(text, kUnix) ? text.substr(std::strlen(kUnix)) : text;
    if (absl::StartsWith(address.path, "//")) address.path.erase(0, 2);
    if (address.path.empty() || address.path.size() >= sizeof(sockaddr_un::sun_path)) {
      return BadAddress(text);
    }
    return address;
  }
  constexpr char kTls[] = "tls:";
  address.tls = absl::StartsWith(text, kTls) && text.find(':', std::strlen(kTls)) != text.npos;
  const size_t start = address.tls ? std::strlen(kTls) : 0;
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon <= start) return BadAddress(text);
  address.host = text.substr(start, colon - start);
  if (absl::StartsWith(address.host, "[") && absl::EndsWith(address.host, "]")) {
    address.host = address.host.substr(1, address.host.size() - 2);
  } else if (address.host.find_first_of(":/[]") != std::string::npos) {
    return BadAddress(text);
  }
  if (address.host.empty() || !absl::SimpleAtoi(text.substr(colon + 1), &address.port) ||
      address.port < 1 || address.port > 65535) {
    return BadAddress(text);
  }
  return address;
}

absl::Status ProbeUnixSocket(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return ErrnoStatus("connect", path, ENAMETOOLONG);
  std::memcpy(address.sun_path, path.data(), path.size());
  // Non-blocking, so that a server with a full queue answers EAGAIN, which tells that it is there.
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return ErrnoStatus("socket");
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(socket.get(), generic, sizeof(address)) != 0 && errno != EAGAIN) {
    return ErrnoStatus("connect", path);
  }
  return absl::OkStatus();
}

}  // namespace ipclab::cli
