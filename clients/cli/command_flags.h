// What every command of the command line takes.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/connection.h"

namespace CLI {
class App;
}

namespace ipclab::cli {

// As typed.
struct CommonFlags {
  std::string server;
  std::string token_file;
  TlsOptions tls;
  std::string timeout = "10s";
  bool json = false;
};

// Adds a command with these flags, its help ending with examples. Only one command is ever chosen,
// so all may share the same flags.
CLI::App& AddCommand(CLI::App& app, const std::string& name, const std::string& description,
                     const std::string& examples, CommonFlags& flags);

// The description of an option, wrapped for the help's right column.
std::string Described(const std::string& text);

// INVALID_ARGUMENT when the flags make no sense.
absl::StatusOr<ConnectionOptions> ReadConnectionOptions(const CommonFlags& flags);

}  // namespace ipclab::cli
