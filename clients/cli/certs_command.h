// `ipclab certs`: an authority for development, and certificates of a server and of clients.
#pragma once

#include <optional>
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
  std::optional<std::string> client;  // not named: "client"
  std::string role;                   // empty: none, or that of the one that is replaced
  int days = 365;
  bool force = false;
};

CLI::App& AddCertsCommand(CLI::App& app, CertsFlags& flags);

// Returns the exit code.
int RunCerts(const CertsFlags& flags);

// Makes what is missing in the folder: ca, server and the client, each NAME.pem with its NAME.key
// of mode 0600. The names of the files that were written, in the folder. ALREADY_EXISTS, saying
// what to do, when there is nothing to make. If forced, it also makes anew what the flags name, the
// server by --host, a client by --client or --role, or both when they name neither; a new one is
// good for all that the old one was. An authority that is there is used, never replaced.
absl::StatusOr<std::vector<std::string>> WriteCertificates(const CertsFlags& flags, absl::Time now);

}  // namespace ipclab::cli
