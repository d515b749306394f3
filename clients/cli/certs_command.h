// `ipclab certs`: an authority for development, and certificates of a server and of clients.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace CLI {
class App;
}

namespace ipclab::cli {

// As typed.
struct CertsFlags {
  std::string folder = "certs";
  std::vector<std::string> hosts;
  std::string client = "client";
  std::string role;  // empty: none
  int days = 365;
  bool force = false;
};

CLI::App& AddCertsCommand(CLI::App& app, CertsFlags& flags);

// Returns the exit code.
int RunCerts(const CertsFlags& flags);

// Makes what is missing in the folder: ca, server and the client, each NAME.pem with its NAME.key
// of mode 0600. The names of the files that were written, in the folder. ALREADY_EXISTS, saying
// what to do, when there is nothing to make; an existing authority is used, never replaced unless
// forced.
absl::StatusOr<std::vector<std::string>> WriteCertificates(const CertsFlags& flags, absl::Time now);

}  // namespace ipclab::cli
