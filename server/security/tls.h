// TLS for the addresses by TCP: what must hold of the files before a server starts, and credentials
// that take up new certificates without a restart.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/security/server_credentials.h"

namespace ipclab {

// Of files in PEM form. All empty: no TLS.
struct TlsFiles {
  std::string certificate;  // the server's own, followed by those between it and its CA
  std::string key;          // its private key
  std::string client_ca;    // whose certificates clients must bring; empty: they need none

  bool any() const { return !certificate.empty() || !key.empty() || !client_ca.empty(); }
};

// Reads the files. What the administrator should know: a certificate that has expired or soon
// will, a key that others can read. INVALID_ARGUMENT, NOT_FOUND or PERMISSION_DENIED, naming flag
// and file, when no server can work with them.
absl::StatusOr<std::vector<std::string>> CheckTlsFiles(const TlsFiles& files, absl::Time now);

// Of files that were checked. gRPC looks at them every second from then on, and uses what it finds
// for new connections.
std::shared_ptr<grpc::ServerCredentials> MakeTlsCredentials(const TlsFiles& files);

}  // namespace ipclab
