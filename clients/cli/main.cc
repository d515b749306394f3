// ipclab: the command line of the laboratory. See `ipclab --help`.

#include <CLI/CLI.hpp>
#include <iostream>

#include "clients/cli/exit_code.h"
#include "clients/cli/info_command.h"
#include "clients/cli/measure_command.h"
#include "clients/cli/mechanisms_command.h"

int main(int argc, char** argv) {
  using namespace ipclab::cli;  // NOLINT(google-build-using-namespace): main is all ours
  CLI::App app(
      "A laboratory for inter-process communication: real processes over real kernel "
      "objects.",
      "ipclab");
  app.set_version_flag("--version", "ipclab " IPCLAB_VERSION);
  app.require_subcommand(1);
  app.footer(
      "`ipclab COMMAND --help` tells more. No server needs to run: a command starts a\n"
      "private one when there is none, and ends it.");
  CommonFlags common;
  MeasureFlags measure_flags;
  std::string mechanism;
  const CLI::App& measure = AddMeasureCommand(app, common, measure_flags);
  const CLI::App& mechanisms = AddMechanismsCommand(app, common, mechanism);
  AddInfoCommand(app, common);
  if (argc == 1) {
    std::cerr << app.help();
    return static_cast<int>(ExitCode::kUsage);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version come as errors too, with code 0.
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::kUsage);
  }
  if (measure.parsed()) return RunMeasure(common, measure_flags);
  if (mechanisms.parsed()) return RunMechanisms(common, mechanism);
  return RunInfo(common);
}
