#include "clients/cli/control_commands.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/each_name.h"
#include "clients/cli/experiment_name.h"
#include "clients/cli/experiment_text.h"
#include "clients/cli/json_line.h"
#include "clients/cli/running_server.h"

namespace ipclab::cli {
namespace {

using Stub = v1::ExperimentService::Stub;

struct ControlFlags {
  std::vector<std::string> names;
  int64_t until = 0;
};

CLI::App& AddNames(CLI::App& command, ControlFlags& flags) {
  command.add_option("name", flags.names, Described("The experiments"))
      ->type_name(kExperimentType)
      ->required();
  return command;
}

// "x-1a2b3c4d PAUSED at step 1200"
void Show(const v1::Experiment& experiment, bool json) {
  if (json) {
    std::printf("%s\n", MessageJson(experiment).c_str());
    return;
  }
  const Terminal terminal = TerminalOf(STDOUT_FILENO);
  std::printf("%s %s at step %lld\n", ExperimentId(experiment.name()).c_str(),
              terminal.Paint(ToneOf(experiment.state()), StateText(experiment.state())).c_str(),
              static_cast<long long>(experiment.step()));
}

// Makes the call that answers with the experiment, for each name.
template <class Request, class Prepare>
int CallEach(const CommonFlags& common, const ControlFlags& flags,
             grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, v1::Experiment*),
             const Prepare& prepare) {
  return ForEachName(common, flags.names, [&](Connection& connection, const std::string& name) {
    Request request;
    request.set_name(name);
    prepare(request);
    const auto context = connection.NewCall();
    v1::Experiment experiment;
    const grpc::Status status =
        (connection.experiments().*method)(context.get(), request, &experiment);
    if (!status.ok()) return ReportFor(name, FailureOf(status), common.json);
    Show(experiment, common.json);
    return static_cast<int>(ExitCode::kDone);
  });
}

}  // namespace

Command AddPauseCommand(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<ControlFlags>();
  CLI::App& command = AddServerCommand(
      app, "pause", "Park running experiments after the message that is on its way",
      "  ipclab pause x-1a2b3c4d\n"
      "  ipclab pause $(ipclab list --names --filter 'state = RUNNING')",
      common);
  AddNames(command, *flags);
  return {&command, [&common, flags] {
            return CallEach<v1::PauseExperimentRequest>(common, *flags, &Stub::PauseExperiment,
                                                        [](auto&) {});
          }};
}

Command AddResumeCommand(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<ControlFlags>();
  CLI::App& command =
      AddServerCommand(app, "resume", "Let parked experiments run, to their end or to a step",
                       "  ipclab resume x-1a2b3c4d\n"
                       "  ipclab resume x-1a2b3c4d --until 5000",
                       common);
  AddNames(command, *flags);
  command
      .add_option("--until", flags->until,
                  Described("Pause again when so many messages are done in all"))
      ->type_name("STEP")
      ->check(CLI::PositiveNumber.description(""));
  return {&command, [&common, flags] {
            return CallEach<v1::RunExperimentRequest>(
                common, *flags, &Stub::RunExperiment, [&](v1::RunExperimentRequest& request) {
                  if (flags->until > 0) request.mutable_until()->set_step(flags->until);
                });
          }};
}

Command AddCancelCommand(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<ControlFlags>();
  CLI::App& command = AddServerCommand(
      app, "cancel", "End experiments and wait until none of their processes is left",
      "  ipclab cancel x-1a2b3c4d\n"
      "  ipclab cancel $(ipclab list --names --filter 'labels.team = \"a\"')",
      common);
  AddNames(command, *flags);
  return {&command, [&common, flags] {
            return CallEach<v1::CancelExperimentRequest>(common, *flags, &Stub::CancelExperiment,
                                                         [](auto&) {});
          }};
}

}  // namespace ipclab::cli
