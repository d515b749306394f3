// Where a server is: the value of --server.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ipclab::cli {

struct ServerAddress {
  std::string path;  // of a Unix socket; empty for TCP
  std::string host;  // TCP only, without brackets
  int port = 0;
  bool tls = false;  // TCP only: asked for by "tls:"

  bool is_unix() const { return !path.empty(); }

  // True when nothing sent there leaves this host.
  bool is_local() const;

  // As gRPC wants it: "unix:/path", "host:port", "[::1]:port".
  std::string Target() const;

  bool operator==(const ServerAddress&) const = default;
};

// Reads "unix:/path", "unix:///path", "/path", "host:port" or "[v6]:port", the last two
// perhaps behind "tls:". INVALID_ARGUMENT that shows these forms on anything else.
absl::StatusOr<ServerAddress> ParseServerAddress(const std::string& text);

// Connects to a Unix socket and hangs up at once. Not OK, with the kernel's reason, when nobody
// accepts there.
absl::Status ProbeUnixSocket(const std::string& path);

}  // namespace ipclab::cli
