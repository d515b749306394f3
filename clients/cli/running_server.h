// The connection of those commands that need a server which is running already: a private one would
// have no experiments to show.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/command_flags.h"
#include "clients/cli/connection.h"

namespace ipclab::cli {

// AddCommand, with a help that says that no private server is started.
CLI::App& AddServerCommand(CLI::App& app, const std::string& name, const std::string& description,
                           const std::string& examples, CommonFlags& flags);

// The options with the server's address always filled in: the local socket's when none was named.
// INVALID_ARGUMENT when the flags make no sense.
absl::StatusOr<ConnectionOptions> ReadRunningServerOptions(const CommonFlags& flags);

// Connects to a server that runs. As Connection::Open otherwise; UNAVAILABLE says how to start one.
absl::StatusOr<std::unique_ptr<Connection>> OpenRunningServer(const CommonFlags& flags);
absl::StatusOr<std::unique_ptr<Connection>> OpenRunningServer(const ConnectionOptions& options);

}  // namespace ipclab::cli
