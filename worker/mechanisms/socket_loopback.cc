#include "worker/mechanisms/socket_loopback.h"

#include <sys/random.h>

#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"

namespace ipclab {

LoopbackAddress::LoopbackAddress(int family, uint16_t port) {
  address_.ss_family = static_cast<sa_family_t>(family);
  if (family == AF_INET6) {
    auto& address = reinterpret_cast<sockaddr_in6&>(address_);
    address.sin6_port = htons(port);
    address.sin6_addr = in6addr_loopback;
    size_ = sizeof address;
  } else {
    auto& address = reinterpret_cast<sockaddr_in&>(address_);
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    size_ = sizeof address;
  }
}

uint16_t LoopbackAddress::port() const {
  return ntohs(family() == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address_).sin6_port
                                    : reinterpret_cast<const sockaddr_in&>(address_).sin_port);
}

absl::Status LoopbackAddress::Bind(int fd) const {
  if (::bind(fd, Get(), size_) == 0) return absl::OkStatus();
  return ErrnoStatus("bind", family() == AF_INET6 ? "::1" : "127.0.0.1");
}

absl::Status LoopbackAddress::Connect(int fd) const {
  while (::connect(fd, Get(), size_) != 0) {
    if (errno == EINTR) continue;
    if (errno == EISCONN) break;  // The call that was interrupted went on without us.
    return ErrnoStatus("connect", absl::StrCat("port ", port()));
  }
  return absl::OkStatus();
}

absl::StatusOr<LoopbackAddress> LoopbackAddress::Of(int fd) {
  LoopbackAddress address(AF_INET);
  address.size_ = sizeof address.address_;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address.address_), &address.size_) != 0) {
    return ErrnoStatus("getsockname");
  }
  return address;
}

absl::StatusOr<Meeting> Meeting::AtPortOf(int fd) {
  const auto address = LoopbackAddress::Of(fd);
  if (!address.ok()) return address.status();
  Meeting meeting;
  meeting.port = address->port();
  if (::getrandom(meeting.nonce.data(), meeting.nonce.size(), 0) !=
      static_cast<ssize_t>(meeting.nonce.size())) {
    return ErrnoStatus("getrandom");
  }
  return meeting;
}

absl::StatusOr<Meeting> Meeting::FromOffer(std::string_view id, const std::string& bytes) {
  Meeting meeting;
  if (bytes.size() != sizeof meeting.port + meeting.nonce.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(id), ": the offer has ", bytes.size(), " bytes, not a meeting's"));
  }
  std::memcpy(&meeting.port, bytes.data(), sizeof meeting.port);
  std::memcpy(meeting.nonce.data(), bytes.data() + sizeof meeting.port, meeting.nonce.size());
  return meeting;
}

std::string Meeting::ToOffer() const {
  std::string bytes(reinterpret_cast<const char*>(&port), sizeof port);
  return bytes.append(nonce.data(), nonce.size());
}

std::string WhyNoLoopback(int family, int type) {
  const bool six = family == AF_INET6;
  const UniqueFd socket(::socket(family, type | SOCK_CLOEXEC, 0));
  const absl::Status status = socket ? LoopbackAddress(family).Bind(socket.get())
                                     : ErrnoStatus("socket", six ? "AF_INET6" : "AF_INET");
  if (status.ok()) return "";
  return absl::StrCat(std::string(status.message()),
                      six ? "; give the loopback interface ::1 (sysctl "
                            "net.ipv6.conf.lo.disable_ipv6=0)"
                          : "; bring the loopback interface up (ip link set lo up)");
}

}  // namespace ipclab
