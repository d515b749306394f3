#include "clients/cli/mechanisms_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/json_line.h"
#include "clients/cli/mechanism_page.h"

namespace ipclab::cli {
namespace {

int List(Connection& connection, bool json) {
  const auto listed = ListAllMechanisms(connection);
  if (const auto* failure = std::get_if<Failure>(&listed)) return Report(*failure, json);
  const auto& mechanisms = std::get<std::vector<v1::Mechanism>>(listed);
  std::string text = json ? "" : MechanismTable(mechanisms, TerminalOf(STDOUT_FILENO));
  for (const v1::Mechanism& mechanism : mechanisms) {
    if (json) absl::StrAppend(&text, MessageJson(mechanism), "\n");
  }
  std::fputs(text.c_str(), stdout);
  return static_cast<int>(ExitCode::kDone);
}

int Show(Connection& connection, const std::string& id, bool json) {
  const auto context = connection.NewCall();
  v1::GetMechanismRequest request;
  request.set_name(absl::StrCat("mechanisms/", id));
  v1::Mechanism mechanism;
  const grpc::Status status =
      connection.mechanisms().GetMechanism(context.get(), request, &mechanism);
  if (!status.ok()) return Report(FailureOf(status), json);
  const std::string text = json ? absl::StrCat(MessageJson(mechanism), "\n")
                                : MechanismPage(mechanism, TerminalOf(STDOUT_FILENO));
  std::fputs(text.c_str(), stdout);
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

CLI::App& AddMechanismsCommand(CLI::App& app, CommonFlags& flags, std::string& id) {
  CLI::App& command =
      AddCommand(app, "mechanisms", "List what can be measured here, or show one mechanism",
                 "  ipclab mechanisms\n"
                 "  ipclab mechanisms pipe\n"
                 "  ipclab mechanisms --json",
                 flags);
  command
      .add_option("id", id, Described("Show this mechanism with its limits, options and hazards"))
      ->type_name("ID");
  return command;
}

int RunMechanisms(const CommonFlags& flags, const std::string& id) {
  const absl::StatusOr<ConnectionOptions> options = ReadConnectionOptions(flags);
  if (!options.ok()) return Report(FailureOf(options.status()), flags.json);
  const auto connection = Connection::Open(*options);
  if (!connection.ok()) return Report(FailureOf(connection.status()), flags.json);
  return id.empty() ? List(**connection, flags.json) : Show(**connection, id, flags.json);
}

std::variant<std::vector<v1::Mechanism>, Failure> ListAllMechanisms(Connection& connection) {
  std::vector<v1::Mechanism> mechanisms;
  v1::ListMechanismsRequest request;
  do {
    const auto context = connection.NewCall();
    v1::ListMechanismsResponse response;
    const grpc::Status status =
        connection.mechanisms().ListMechanisms(context.get(), request, &response);
    if (!status.ok()) return FailureOf(status);
    mechanisms.insert(mechanisms.end(), response.mechanisms().begin(), response.mechanisms().end());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return mechanisms;
}

}  // namespace ipclab::cli
