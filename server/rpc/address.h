// Where the server listens: parsing, and what must hold before gRPC binds.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/unique_fd.h"

namespace ipclab {

// The lock that keeps two servers from one Unix socket: on a file beside it, which goes when the
// lock does.
class SocketLock {
 public:
  SocketLock() = default;
  SocketLock(UniqueFd file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  SocketLock(SocketLock&&) = default;
  SocketLock& operator=(SocketLock&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(path_, other.path_);
    return *this;
  }
  ~SocketLock();

  explicit operator bool() const { return static_cast<bool>(file_); }

 private:
  UniqueFd file_;
  std::string path_;
};

// An address that may be bound.
struct Address {
  std::string uri;  // as gRPC wants it: "unix:/run/ipclab/ipclabd.sock", "127.0.0.1:0"
  bool by_network = false;
  bool beyond_loopback = false;  // by network: other hosts can reach it
  std::string path;              // of a Unix socket
  SocketLock lock;               // of a Unix socket: held as long as the server listens there
};

// How far a server may be reached by TCP.
enum class Reach { kLoopback, kEverywhere };

// Parses "unix:/path" or "HOST:PORT" and makes sure that it may be bound. For a Unix socket: its
// folder exists, is ours and closed to others, and no other server holds "<path>.lock" (gRPC itself
// would take the path over silently). For TCP: it does not reach farther than it may.
// INVALID_ARGUMENT, PERMISSION_DENIED or FAILED_PRECONDITION, saying what to do.
absl::StatusOr<Address> PrepareAddress(const std::string& text, Reach reach = Reach::kLoopback);

// unix:<runtime folder>/ipclabd.sock
absl::StatusOr<std::string> DefaultAddress();

}  // namespace ipclab
