// What a certificate that is there already says. Values only; any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace ipclab::cli {

struct CertificateFacts {
  std::vector<std::string> hosts;  // names and addresses of a server, as --host takes them
  std::string role;                // of a client; empty: none
  absl::Time until;
};

// Of the first certificate in a text in PEM form. INVALID_ARGUMENT when there is none in it.
absl::StatusOr<CertificateFacts> ReadCertificateFacts(const std::string& pem);

}  // namespace ipclab::cli
