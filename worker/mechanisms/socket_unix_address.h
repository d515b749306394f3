// The address of a Unix socket by one of the lab's names: a path, or the same text in the abstract
// name space of Linux, where no file is made and nothing is left. Used by the Unix sockets.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ipclab {

class UnixAddress {
 public:
  // INVALID_ARGUMENT where name is too long for sun_path.
  static absl::StatusOr<UnixAddress> Make(std::string_view id, const std::string& name,
                                          bool abstract);

  // Makes the folder of a path, and the socket there.
  absl::Status Bind(int fd) const;
  absl::Status Connect(int fd) const;
  // Removes the path: who is connected stays so.
  void Unlink() const;

 private:
  const sockaddr* Get() const { return reinterpret_cast<const sockaddr*>(&address_); }

  sockaddr_un address_ = {};
  socklen_t size_ = 0;
  std::string path_;  // empty: abstract
};

}  // namespace ipclab
