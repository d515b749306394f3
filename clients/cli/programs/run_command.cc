#include "clients/cli/programs/run_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/parse.h"
#include "clients/cli/programs/program_experiment.h"
#include "clients/cli/programs/program_source.h"
#include "clients/cli/programs/run_report.h"
#include "clients/cli/standard_streams.h"

namespace ipclab::cli {
namespace {

constexpr char kRunExamples[] =
    "  ipclab run lost_update --param rounds=1000000\n"
    "  ipclab run lost_update --variant mutex --param rounds=100000 --mechanism m=futex_lock\n"
    "  ipclab run my.lab --repeat 100\n"
    "  ipclab run my.lab --repeat 100 --json | jq -r .outcome | sort | uniq -c\n"
    "\n"
    "Exit code: 0 done; 1 a check failed, or it did not come to its end; 2 usage; 3 the server\n"
    "said no; 4 no server; 130 stopped by Ctrl-C.";

struct RunFlags {
  ProgramFlags program;
  int repeat = 1;
  std::string limit = "60s";
};

int ExitCodeOfRuns(const std::vector<FreeRunResult>& runs, const Interrupt& interrupt) {
  if (interrupt.raised()) return ExitCodeOfSignal(interrupt.signal());
  const bool failed =
      std::any_of(runs.begin(), runs.end(), [](const FreeRunResult& run) { return run.failing(); });
  return static_cast<int>(failed ? ExitCode::kCheckFailed : ExitCode::kDone);
}

// One after the other, each with fresh processes.
int RunProgram(Connection& connection, const v1::ProgramSpec& spec, const RunFlags& flags,
               absl::Duration limit, Interrupt& interrupt, bool json) {
  std::vector<FreeRunResult> runs;
  while (runs.size() < static_cast<size_t>(flags.repeat) && !interrupt.raised()) {
    TemporaryExperiment experiment(connection, "run");
    const auto ran = RunFree(connection, spec, limit, experiment, interrupt);
    if (interrupt.raised()) break;
    if (const auto* failure = std::get_if<Failure>(&ran)) return Report(*failure, json);
    runs.push_back(ReadFreeRun(std::get<v1::Experiment>(ran)));
    if (!json) continue;
    std::printf("%s\n", FreeRunJson(runs.size(), runs.back()).str().c_str());
    if (!FlushOutput()) break;  // nobody reads on
  }
  if (!json) std::fputs(FreeRunReport(runs, TerminalOf(STDOUT_FILENO)).c_str(), stdout);
  return ExitCodeOfRuns(runs, interrupt);
}

int RunRun(const CommonFlags& common, const RunFlags& flags) {
  const absl::StatusOr<v1::ProgramSpec> spec = ReadProgramFlags(flags.program);
  if (!spec.ok()) return Report(FailureOf(spec.status()), common.json);
  const absl::StatusOr<absl::Duration> limit = ParseDuration(flags.limit);
  if (!limit.ok()) {
    return Report(FailureOf(absl::InvalidArgumentError(
                      absl::StrCat("--time-limit: ", std::string(limit.status().message())))),
                  common.json);
  }
  const absl::StatusOr<ConnectionOptions> options = ReadConnectionOptions(common);
  if (!options.ok()) return Report(FailureOf(options.status()), common.json);
  Interrupt interrupt;
  const auto connection = Connection::Open(*options);
  if (!connection.ok()) return Report(FailureOf(connection.status()), common.json);
  const auto program = FindProgram(**connection, flags.program, *spec);
  if (const auto* failure = std::get_if<Failure>(&program)) return Report(*failure, common.json);
  return RunProgram(**connection, *spec, flags, *limit, interrupt, common.json);
}

}  // namespace

Command AddRunCommand(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<RunFlags>();
  CLI::App& command = AddCommand(app, "run", "Run a program free, at full speed, and check its end",
                                 kRunExamples, common);
  command.group(kProgramsGroup);
  AddProgramFlags(command, flags->program);
  CLI::Range some(1, 100'000);
  some.description("");  // it would stand in the help, in a form of its own
  command
      .add_option("--repeat", flags->repeat,
                  Described("So many runs, each with fresh processes, and how often each outcome "
                            "came"))
      ->type_name("N")
      ->check(some)
      ->capture_default_str();
  command
      .add_option("--time-limit", flags->limit,
                  Described("How long a run may take: one that deadlocks would take for ever"))
      ->type_name("TIME")
      ->capture_default_str();
  return {&command, [&common, flags] { return RunRun(common, *flags); }};
}

}  // namespace ipclab::cli
