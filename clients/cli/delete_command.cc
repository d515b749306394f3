#include "clients/cli/delete_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/each_name.h"
#include "clients/cli/experiment_list.h"
#include "clients/cli/experiment_name.h"
#include "clients/cli/experiment_text.h"
#include "clients/cli/json_line.h"
#include "clients/cli/running_server.h"
#include "google/protobuf/empty.pb.h"

namespace ipclab::cli {
namespace {

constexpr char kDeleteExamples[] =
    "  ipclab delete x-1a2b3c4d x-5e6f7a8b\n"
    "  ipclab delete --ended\n"
    "  ipclab delete --ended --filter 'labels.team = \"a\"'";

struct DeleteFlags {
  std::vector<std::string> names;
  bool ended = false;
  std::string filter;
};

grpc::Status Delete(Connection& connection, const std::string& name) {
  const auto context = connection.NewCall();
  v1::DeleteExperimentRequest request;
  request.set_name(name);
  google::protobuf::Empty response;
  return connection.experiments().DeleteExperiment(context.get(), request, &response);
}

// The API answers with an empty message, which would not tell several apart.
void Show(const std::string& name, bool json) {
  const std::string text =
      json ? JsonLine().Text("name", name).str() : "deleted " + ExperimentId(name);
  std::printf("%s\n", text.c_str());
}

int DeleteNamed(const CommonFlags& common, const DeleteFlags& flags) {
  return ForEachName(common, flags.names, [&](Connection& connection, const std::string& name) {
    const grpc::Status status = Delete(connection, name);
    if (!status.ok()) return ReportFor(name, FailureOf(status), common.json);
    Show(name, common.json);
    return static_cast<int>(ExitCode::kDone);
  });
}

int DeleteEnded(const CommonFlags& common, const DeleteFlags& flags) {
  const auto connection = OpenRunningServer(common);
  if (!connection.ok()) return Report(FailureOf(connection.status()), common.json);
  std::vector<std::string> names;
  const ExperimentCount count = VisitExperiments(
      **connection, {.filter = flags.filter, .order_by = "name"}, [&](const v1::Experiment& each) {
        if (HasEnded(each.state())) names.push_back(each.name());
      });
  if (count.failure) return Report(*count.failure, common.json);
  for (const std::string& name : names) {
    const grpc::Status status = Delete(**connection, name);
    if (status.error_code() == grpc::StatusCode::NOT_FOUND) continue;  // somebody else was faster
    if (!status.ok()) return ReportFor(name, FailureOf(status), common.json);
    Show(name, common.json);
  }
  if (names.empty()) std::fputs("no ended experiments\n", stderr);
  return static_cast<int>(ExitCode::kDone);
}

int Run(const CommonFlags& common, const DeleteFlags& flags) {
  const bool names = !flags.names.empty();
  if (names == flags.ended || (names && !flags.filter.empty())) {
    return Report({.exit_code = ExitCode::kUsage,
                   .kind = "USAGE",
                   .message = "name the experiments to delete, or give --ended, which --filter may "
                              "narrow"},
                  common.json);
  }
  return names ? DeleteNamed(common, flags) : DeleteEnded(common, flags);
}

}  // namespace

Command AddDeleteCommand(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<DeleteFlags>();
  CLI::App& command = AddServerCommand(app, "delete", "Forget ended experiments and their results",
                                       kDeleteExamples, common);
  command
      .add_option("name", flags->names,
                  Described("The experiments; those that live must be cancelled first"))
      ->type_name(kExperimentType);
  command.add_flag("--ended", flags->ended, Described("All that have ended"));
  command
      .add_option("--filter", flags->filter,
                  Described("With --ended: only those that match, as for `ipclab list`"))
      ->type_name("FILTER");
  return {&command, [&common, flags] { return Run(common, *flags); }};
}

}  // namespace ipclab::cli
