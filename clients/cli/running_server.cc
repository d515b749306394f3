#include "clients/cli/running_server.h"

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "clients/cli/command.h"
#include "clients/cli/server_address.h"
#include "common/ipc_name.h"

namespace ipclab::cli {
namespace {

// Before anything else is tried, so that the advice fits commands that cannot start a server.
absl::Status CheckSomebodyListens(const ConnectionOptions& options) {
  const absl::StatusOr<ServerAddress> address = ParseServerAddress(options.server);
  if (!address.ok() || !address->is_unix()) return address.status();
  const absl::Status probe = ProbeUnixSocket(address->path);
  if (probe.ok()) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("no server answers at ", options.server, " (", std::string(probe.message()),
                   "): start one with `ipclabd` or `./lab up`, or name another with --server"));
}

}  // namespace

CLI::App& AddServerCommand(CLI::App& app, const std::string& name, const std::string& description,
                           const std::string& examples, CommonFlags& flags) {
  CLI::App& command = AddCommand(app, name, description, examples, flags);
  command.group(kExperimentsGroup);
  command.get_option("--server")
      ->description(
          Described("Where the server is: unix:/path or host:port. Default: the local one"));
  return command;
}

absl::StatusOr<ConnectionOptions> ReadRunningServerOptions(const CommonFlags& flags) {
  absl::StatusOr<ConnectionOptions> options = ReadConnectionOptions(flags);
  if (!options.ok() || !options->server.empty()) return options;
  // RuntimeFolder checks that nobody else can put a server there, but it would also make the
  // folder.
  if (::access(RuntimeFolderPath().c_str(), F_OK) == 0) {
    const absl::StatusOr<std::string> folder = RuntimeFolder();
    if (!folder.ok()) return absl::UnavailableError(std::string(folder.status().message()));
  }
  options->server = absl::StrCat("unix:", RuntimeFolderPath(), "/ipclabd.sock");
  return options;
}

absl::StatusOr<std::unique_ptr<Connection>> OpenRunningServer(const CommonFlags& flags) {
  const absl::StatusOr<ConnectionOptions> options = ReadRunningServerOptions(flags);
  if (!options.ok()) return options.status();
  return OpenRunningServer(*options);
}

absl::StatusOr<std::unique_ptr<Connection>> OpenRunningServer(const ConnectionOptions& options) {
  if (const absl::Status listens = CheckSomebodyListens(options); !listens.ok()) return listens;
  return Connection::Open(options);
}

}  // namespace ipclab::cli
