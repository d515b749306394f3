#include "clients/cli/programs/step_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/programs/program_source.h"
#include "clients/cli/programs/step_script.h"
#include "clients/cli/step/full_screen.h"
#include "clients/cli/step/step_session.h"

namespace ipclab::cli {
namespace {

constexpr char kStepExamples[] =
    "  ipclab step lost_update\n"
    "  ipclab step lost_update --variant mutex --param workers=3\n"
    "  ipclab step my.lab --mechanism counter=sysv_shm\n"
    "  ipclab step lost_update --script \"A B2 A\"\n"
    "  ipclab step lost_update --script \"A B2 A\" --json | jq .program.objects\n"
    "\n"
    "In a terminal: the keys are at the bottom of the screen, and h explains them. An item of a\n"
    "script is a worker's letter, perhaps with a count (A3); A>B: A's signal wakes B.\n"
    "Exit code: 0 done; 1 a check failed; 2 usage; 3 the server said no; 4 no server.";

struct StepFlags {
  ProgramFlags program;
  std::string schedule;
  std::optional<std::string> script;
};

Failure Usage(const std::string& message) {
  return {.exit_code = ExitCode::kUsage, .kind = "USAGE", .message = message};
}

// The items of a script: no whole schedule.
absl::StatusOr<std::vector<Choose>> ReadScript(const std::string& text) {
  if (absl::Status status = CheckUtf8("--script", text); !status.ok()) return status;
  absl::StatusOr<Schedule> schedule = ParseSchedule(text);
  if (!schedule.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--script: ", std::string(schedule.status().message())));
  }
  if (!schedule->program.empty()) {
    return absl::InvalidArgumentError(
        "--script takes items alone (\"A B2 A\"); `ipclab replay` takes a whole schedule");
  }
  return std::move(schedule->steps);
}

int RunStep(const CommonFlags& common, const StepFlags& flags) {
  const bool on_screen = !flags.script && !common.json;
  absl::StatusOr<v1::ProgramSpec> spec = ReadProgramFlags(flags.program);
  if (!spec.ok()) return Report(FailureOf(spec.status()), common.json);
  if (const absl::Status status = CheckUtf8("--schedule", flags.schedule); !status.ok()) {
    return Report(FailureOf(status), common.json);
  }
  spec->set_schedule(flags.schedule);
  const auto script = ReadScript(flags.script.value_or(""));
  if (!script.ok()) return Report(FailureOf(script.status()), common.json);
  const absl::StatusOr<ConnectionOptions> options = ReadConnectionOptions(common);
  if (!options.ok()) return Report(FailureOf(options.status()), common.json);
  if (const absl::Status fits = on_screen ? FullScreen::Check() : absl::OkStatus(); !fits.ok()) {
    return Report(Usage(std::string(fits.message())), common.json);
  }
  std::optional<TerminalSignals> signals;
  if (on_screen) signals.emplace();
  Interrupt interrupt;
  const auto connection = Connection::Open(*options);
  if (!connection.ok()) return Report(FailureOf(connection.status()), common.json);
  auto program = FindProgram(**connection, flags.program, *spec);
  if (const auto* failure = std::get_if<Failure>(&program)) return Report(*failure, common.json);
  auto started = StepExperiment::Start(**connection, *spec, interrupt);
  if (interrupt.raised()) return ExitCodeOfSignal(interrupt.signal());
  if (const auto* failure = std::get_if<Failure>(&started)) return Report(*failure, common.json);
  auto& experiment = std::get<std::unique_ptr<StepExperiment>>(started);
  if (!on_screen) {
    return RunStepScript(experiment->stream(), experiment->first_view(), *script, interrupt,
                         spec->source().empty() ? "" : flags.program.subject, common.json);
  }
  const StepPlan plan = {.subject = SubjectName(flags.program.subject),
                         .spec = *spec,
                         .program = std::move(std::get<v1::Program>(program))};
  return RunStepSession(**connection, interrupt, *signals, plan, std::move(experiment));
}

}  // namespace

Command AddStepCommand(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<StepFlags>();
  CLI::App& command =
      AddCommand(app, "step", "Step real processes through a program, one operation at a time",
                 kStepExamples, common);
  command.group(kProgramsGroup);
  AddProgramFlags(command, flags->program);
  command
      .add_option("--schedule", flags->schedule,
                  Described("Steps to make before it begins, as in \"A B2\", or a whole schedule "
                            "of this program"))
      ->type_name("ITEMS");
  command
      .add_option("--script", flags->script,
                  Described("Make these steps without a terminal, and print each"))
      ->type_name("ITEMS");
  return {&command, [&common, flags] { return RunStep(common, *flags); }};
}

}  // namespace ipclab::cli
