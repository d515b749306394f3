// Addresses of the loopback interface, and how two ends find each other there: the host offers a
// port and a random nonce, and takes for its peer whoever sends the nonce. Any local process may
// write to a port; only the other end knows the number. Used by tcp, tcp6, udp and udp6.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/unique_fd.h"

namespace ipclab {

// Of AF_INET or AF_INET6. A value.
class LoopbackAddress {
 public:
  explicit LoopbackAddress(int family, uint16_t port = 0);

  uint16_t port() const;
  int family() const { return address_.ss_family; }

  absl::Status Bind(int fd) const;
  absl::Status Connect(int fd) const;
  // The address that fd is bound to.
  static absl::StatusOr<LoopbackAddress> Of(int fd);

 private:
  const sockaddr* Get() const { return reinterpret_cast<const sockaddr*>(&address_); }

  sockaddr_storage address_ = {};
  socklen_t size_;
};

// What the host offers.
struct Meeting {
  uint16_t port = 0;
  std::array<char, 16> nonce = {};

  static absl::StatusOr<Meeting> AtPortOf(int fd);
  static absl::StatusOr<Meeting> FromOffer(std::string_view id, const std::string& bytes);
  std::string ToOffer() const;
  std::string_view nonce_bytes() const { return {nonce.data(), nonce.size()}; }
};

// Why nothing can be bound to the loopback address of the family; empty when it can.
std::string WhyNoLoopback(int family, int type);

}  // namespace ipclab
