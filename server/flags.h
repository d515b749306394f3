// The command line of ipclabd.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/limits.h"
#include "server/security/tls.h"

namespace ipclab {

struct Flags {
  std::vector<std::string> listen;  // empty: the default address
  std::string state_dir;            // empty: the default folder
  std::string log_level = "info";
  std::string worker_binary;  // empty: ipclab-worker beside ipclabd
  std::string programs;       // empty: the folder that belongs to this ipclabd
  int private_fd = -1;        // -1: none; else serve this connection only, and keep nothing
  std::string tokens;         // empty: only the server's own token
  TlsFiles tls;               // for the addresses by TCP
  bool insecure_remote = false;
  Limits limits;
  absl::Duration stall_limit = absl::Seconds(10);
  absl::Duration grace = absl::Seconds(5);
};

// Parses the arguments. When the process is done with that (--help, a mistake), prints what there
// is to say and returns the exit code in exit_code.
std::optional<Flags> ParseFlags(int argc, char** argv, int& exit_code);

// The worker binary of these flags: beside this program, or in ../libexec/ipclab.
std::string FindWorkerBinary(const Flags& flags);

// The folder of lab programs of these flags: in ../share/ipclab.
std::string FindProgramFolder(const Flags& flags);

}  // namespace ipclab
