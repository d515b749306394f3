#include "clients/cli/get_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cli/experiment_name.h"
#include "clients/cli/experiment_page.h"
#include "clients/cli/failure.h"
#include "clients/cli/running_server.h"

namespace ipclab::cli {
namespace {

int Run(const CommonFlags& common, const std::string& typed) {
  const auto connection = OpenRunningServer(common);
  if (!connection.ok()) return Report(FailureOf(connection.status()), common.json);
  const auto context = (*connection)->NewCall();
  v1::GetExperimentRequest request;
  request.set_name(ExperimentName(typed));
  v1::Experiment experiment;
  const grpc::Status status =
      (*connection)->experiments().GetExperiment(context.get(), request, &experiment);
  if (!status.ok()) return Report(FailureOf(status), common.json);
  const std::string text = common.json
                               ? absl::StrCat(MessageJson(experiment), "\n")
                               : ExperimentPage(experiment, TerminalOf(STDOUT_FILENO), absl::Now());
  std::fputs(text.c_str(), stdout);
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

Command AddGetCommand(CLI::App& app, CommonFlags& common) {
  const auto name = std::make_shared<std::string>();
  CLI::App& command =
      AddServerCommand(app, "get", "Show one experiment: its work, workers, end and result",
                       "  ipclab get x-1a2b3c4d\n"
                       "  ipclab get experiments/x-1a2b3c4d --json",
                       common);
  command.add_option("name", *name, Described("The experiment; `ipclab list` shows the names"))
      ->type_name(kExperimentType)
      ->required();
  return {&command, [&common, name] { return Run(common, *name); }};
}

}  // namespace ipclab::cli
