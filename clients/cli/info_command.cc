#include "clients/cli/info_command.h"

#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/environment_page.h"
#include "clients/cli/failure.h"
#include "clients/cli/json_line.h"
#include "clients/cli/parse.h"
#include "clients/cli/sections.h"
#include "clients/cli/terminal.h"
#include "clients/cli/units.h"
#include "google/protobuf/util/time_util.h"

namespace ipclab::cli {
namespace {

// "token-1 (operator)"
std::string CallerText(const v1::Principal& caller) {
  if (caller.role() == v1::Principal::ROLE_UNSPECIFIED) return "";
  return absl::StrCat(caller.name(), " (", LowerName(v1::Principal::Role_Name(caller.role())), ")");
}

// What the server does not limit, or is too old to tell, is left out.
std::string LimitText(double limit, const std::string& text) { return limit > 0 ? text : ""; }

std::string Limits(const v1::ServerLimits& limits, const Terminal& terminal) {
  return Section("limits",
                 {{"experiments", absl::StrCat(limits.max_experiments())},
                  {"workers", absl::StrCat(limits.max_workers())},
                  {"message", SizeText(limits.max_message_bytes())},
                  {"messages", absl::StrCat(limits.max_messages())},
                  {"memory", LimitText(static_cast<double>(limits.max_memory_bytes()),
                                       SizeText(limits.max_memory_bytes()))},
                  {"request", LimitText(static_cast<double>(limits.max_request_bytes()),
                                        SizeText(limits.max_request_bytes()))},
                  {"creations", LimitText(limits.creates_per_second(),
                                          absl::StrCat(limits.creates_per_second(), " per second, ",
                                                       limits.create_burst(), " at once"))},
                  {"watchers", absl::StrCat(limits.max_watchers())},
                  {"drives", LimitText(limits.max_drives(), absl::StrCat(limits.max_drives()))}},
                 terminal);
}

// What the administrator should know or mend; empty when there is nothing.
std::string Shortcomings(const v1::ServerInfo& info, const Terminal& terminal) {
  NamedLines lines;
  for (const v1::HostShortcoming& each : info.shortcomings()) {
    lines.emplace_back(each.id(), absl::StrCat(each.description(), "; ", each.remedy()));
  }
  for (const std::string& warning : info.warnings()) lines.emplace_back("warning", warning);
  return lines.empty() ? "" : absl::StrCat("\n", Section("what to mend", lines, terminal));
}

std::string Page(const v1::ServerInfo& info, bool is_private, const Terminal& terminal) {
  const std::string addresses =
      is_private ? "none: private to this command" : absl::StrJoin(info.addresses(), ", ");
  return absl::StrCat(
      Section("server",
              {{"version", info.version()},
               {"instance", info.instance()},
               {"started", google::protobuf::util::TimeUtil::ToString(info.start_time())},
               {"listens on", addresses},
               {"processes", absl::StrCat("server ", info.pid(), ", zygote ", info.zygote_pid())},
               {"you are", CallerText(info.caller())},
               {"experiments", absl::StrCat(info.experiments())},
               {"workers", absl::StrCat(info.workers())}},
              terminal),
      "\n", EnvironmentPage(info.environment(), terminal), "\n", Limits(info.limits(), terminal),
      Shortcomings(info, terminal));
}

}  // namespace

CLI::App& AddInfoCommand(CLI::App& app, CommonFlags& flags) {
  return AddCommand(app, "info", "Show the server, its host and its limits",
                    "  ipclab info\n"
                    "  ipclab info --server 127.0.0.1:50051 --json",
                    flags);
}

int RunInfo(const CommonFlags& flags) {
  const absl::StatusOr<ConnectionOptions> options = ReadConnectionOptions(flags);
  if (!options.ok()) return Report(FailureOf(options.status()), flags.json);
  const auto connection = Connection::Open(*options);
  if (!connection.ok()) return Report(FailureOf(connection.status()), flags.json);
  const auto context = (*connection)->NewCall();
  v1::ServerInfo info;
  const grpc::Status status = (*connection)->system().GetServerInfo(context.get(), {}, &info);
  if (!status.ok()) return Report(FailureOf(status), flags.json);
  const std::string text = flags.json
                               ? absl::StrCat(MessageJson(info), "\n")
                               : Page(info, (*connection)->is_private(), TerminalOf(STDOUT_FILENO));
  std::fputs(text.c_str(), stdout);
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace ipclab::cli
