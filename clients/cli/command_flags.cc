#include "clients/cli/command_flags.h"

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/parse.h"
#include "clients/cli/terminal.h"

namespace ipclab::cli {

CLI::App& AddCommand(CLI::App& app, const std::string& name, const std::string& description,
                     const std::string& examples, CommonFlags& flags) {
  CLI::App& command = *app.add_subcommand(name, description);
  command
      .add_option(
          "--server", flags.server,
          Described("Where the server is: unix:/path, host:port, or tls:host:port for TLS with "
                    "the authorities that this system trusts. Default: the local one if it runs, "
                    "else a private one for this command"))
      ->type_name("ADDRESS");
  command
      .add_option(
          "--token-file", flags.token_file,
          Described("The file with the token of a server on TCP. Default: the one in the server's "
                    "state folder on this host"))
      ->type_name("FILE");
  const auto add_file = [&](const char* flag, std::string& file, const char* text) {
    command.add_option(flag, file, Described(text))->type_name("FILE");
  };
  add_file("--tls-ca", flags.tls.authority,
           "Speak TLS with a server on TCP, and trust its certificate if this authority signed it");
  add_file("--tls-cert", flags.tls.certificate,
           "The client's certificate, for a server that wants one");
  add_file("--tls-key", flags.tls.key, "The key of this certificate");
  command
      .add_option("--timeout", flags.timeout,
                  Described("How long the server may take for one answer"))
      ->type_name("TIME")
      ->capture_default_str();
  command.add_flag("--json", flags.json, Described("Print JSON, one object a line"));
  command.set_version_flag("--version", "ipclab " IPCLAB_VERSION);
  command.footer(absl::StrCat("Examples:\n", examples));
  return command;
}

std::string Described(const std::string& text) {
  constexpr size_t kRightColumn = 50;  // CLI11's left one has 30
  return absl::StrJoin(WrapWords(text, kRightColumn), "\n");
}

absl::StatusOr<ConnectionOptions> ReadConnectionOptions(const CommonFlags& flags) {
  const absl::StatusOr<absl::Duration> timeout = ParseDuration(flags.timeout);
  if (!timeout.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--timeout: ", std::string(timeout.status().message())));
  }
  return ConnectionOptions{.server = flags.server,
                           .token_file = flags.token_file,
                           .tls = flags.tls,
                           .timeout = *timeout};
}

}  // namespace ipclab::cli
