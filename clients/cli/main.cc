// ipclab: the command line of the laboratory. See `ipclab --help`.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "clients/cli/certs_command.h"
#include "clients/cli/command.h"
#include "clients/cli/completion_command.h"
#include "clients/cli/completion_scripts.h"
#include "clients/cli/control_commands.h"
#include "clients/cli/delete_command.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/explore/explore_command.h"
#include "clients/cli/export_command.h"
#include "clients/cli/get_command.h"
#include "clients/cli/info_command.h"
#include "clients/cli/ipc_command.h"
#include "clients/cli/list_command.h"
#include "clients/cli/measure/measure_command.h"
#include "clients/cli/mechanisms_command.h"
#include "clients/cli/metrics_command.h"
#include "clients/cli/plot/plot_command.h"
#include "clients/cli/programs/programs_command.h"
#include "clients/cli/programs/replay_command.h"
#include "clients/cli/programs/run_command.h"
#include "clients/cli/programs/step_command.h"
#include "clients/cli/recommend_command.h"
#include "clients/cli/standard_streams.h"
#include "clients/cli/terminal.h"
#include "clients/cli/watch_command.h"

namespace ipclab::cli {
namespace {

Command AddMeasure(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<MeasureFlags>();
  CLI::App& command = AddMeasureCommand(app, common, *flags);
  command.group(kMeasureGroup);
  return {&command, [&common, flags] { return RunMeasure(common, *flags); }};
}

Command AddMechanisms(CLI::App& app, CommonFlags& common) {
  const auto id = std::make_shared<std::string>();
  CLI::App& command = AddMechanismsCommand(app, common, *id);
  command.group(kMeasureGroup);
  return {&command, [&common, id] { return RunMechanisms(common, *id); }};
}

Command AddInfo(CLI::App& app, CommonFlags& common) {
  CLI::App& command = AddInfoCommand(app, common);
  command.group(kServerGroup);
  return {&command, [&common] { return RunInfo(common); }};
}

Command AddCerts(CLI::App& app) {
  const auto flags = std::make_shared<CertsFlags>();
  CLI::App& command = AddCertsCommand(app, *flags);
  command.group(kServerGroup);
  return {&command, [flags] { return RunCerts(*flags); }};
}

// In the order in which the help lists them.
std::vector<Command> AddCommands(CLI::App& app, CommonFlags& common) {
  return {AddMeasure(app, common),
          AddMechanisms(app, common),
          AddRecommendCommand(app, common),
          AddPlotCommand(app),
          AddProgramsCommand(app, common),
          AddStepCommand(app, common),
          AddExploreCommand(app, common),
          AddRunCommand(app, common),
          AddReplayCommand(app, common),
          AddCheckCommand(app, common),
          AddListCommand(app, common),
          AddGetCommand(app, common),
          AddWatchCommand(app, common),
          AddMetricsCommand(app, common),
          AddPauseCommand(app, common),
          AddResumeCommand(app, common),
          AddCancelCommand(app, common),
          AddDeleteCommand(app, common),
          AddExportCommand(app, common),
          AddIpcCommand(app, common),
          AddInfo(app, common),
          AddCerts(app),
          AddCompletionCommand(app)};
}

bool Knows(const std::vector<Command>& commands, const std::string& word) {
  return std::any_of(commands.begin(), commands.end(),
                     [&](const Command& each) { return each.app->get_name() == word; });
}

int Main(int argc, char** argv) {
  CLI::App app(
      "A laboratory for inter-process communication: real processes over real kernel "
      "objects.",
      "ipclab");
  app.set_version_flag("--version", "ipclab " IPCLAB_VERSION);
  app.require_subcommand(1);
  app.footer(
      "`ipclab COMMAND --help` tells more, with examples. measure, mechanisms, recommend,\n"
      "programs, step, explore, run, replay, check and info need no server: they start a\n"
      "private one when there is none, and end it.");
  CommonFlags common;
  const std::vector<Command> commands = AddCommands(app, common);
  if (argc == 1) {
    std::cerr << app.help();
    return static_cast<int>(ExitCode::kUsage);
  }
  // Not one of the commands: the words behind it are not to be read, but to be completed.
  if (std::string(argv[1]) == kCompleteWord) {
    return PrintCompletion(app, common, std::vector<std::string>(argv + 2, argv + argc));
  }
  if (const std::string word = argv[1]; !absl::StartsWith(word, "-") && !Knows(commands, word)) {
    std::cerr << "ipclab: there is no command \"" << Printable(word)
              << "\"; ipclab --help lists them\n";
    return static_cast<int>(ExitCode::kUsage);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version come as errors too, with code 0.
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::kUsage);
  }
  for (const Command& command : commands) {
    if (command.app->parsed()) return command.run();
  }
  return static_cast<int>(ExitCode::kUsage);  // not reached: one subcommand is required
}

}  // namespace
}  // namespace ipclab::cli

int main(int argc, char** argv) {
  ipclab::cli::FillStandardStreams();
  return ipclab::cli::ExitCodeAfterFlush(ipclab::cli::Main(argc, argv));
}
