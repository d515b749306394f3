#include "clients/cli/programs/replay_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/json_line.h"
#include "clients/cli/programs/program_source.h"
#include "clients/cli/programs/step_script.h"
#include "clients/cli/programs/trace_text.h"
#include "clients/cli/step/step_experiment.h"

namespace ipclab::cli {
namespace {

constexpr char kReplayExamples[] =
    "  ipclab replay 'lost_update racy @3f9a01c2 : A! B2 A'\n"
    "  ipclab replay \"$(tail -n 1 my.schedules)\" --program my.lab\n"
    "  ipclab replay 'lost_update racy @3f9a01c2 : A! B2 A' --model --json\n"
    "\n"
    "A program that is not the one of the schedule any more, as its hash tells, is refused.\n"
    "Exit code: 0 done; 1 a check failed; 2 usage; 3 the server said no; 4 no server.";

constexpr char kNameless[] = "program";  // how schedules call a program that came as a text

struct ReplayFlags {
  std::string schedule;
  std::string file;
  std::vector<std::string> mechanisms;
  bool model = false;
};

absl::StatusOr<v1::ProgramSpec> SpecFor(const ReplayFlags& flags, const Schedule& schedule) {
  if (schedule.program.empty()) {
    return absl::InvalidArgumentError(
        "these are items alone: a schedule to replay begins with its program, as in "
        "'lost_update racy @3f9a01c2 : A! B2 A'; `ipclab step NAME --script` takes items");
  }
  if (flags.file.empty() && schedule.program == kNameless) {
    return absl::InvalidArgumentError(
        "this is a schedule of a file, not of the catalogue: --program FILE says which");
  }
  ProgramFlags program = {.subject = flags.file.empty() ? schedule.program : flags.file,
                          .variant = schedule.variant,
                          .parameters = {},
                          .mechanisms = flags.mechanisms};
  absl::StatusOr<v1::ProgramSpec> spec = ReadProgramFlags(program);
  // A file is one by whatever name.
  if (spec.ok() && !flags.file.empty() && spec->source().empty()) {
    absl::StatusOr<std::string> text = ReadProgramFile(flags.file);
    if (!text.ok()) return text.status();
    spec->clear_program();
    spec->set_source(*std::move(text));
  }
  if (!spec.ok()) return spec;
  for (const auto& [name, value] : schedule.parameters) (*spec->mutable_parameters())[name] = value;
  spec->set_hash(schedule.hash);
  spec->set_schedule(flags.schedule);
  return spec;
}

int ReplayOnModel(Connection& connection, const ReplayFlags& flags, const v1::ProgramSpec& spec,
                  bool json) {
  const auto context = connection.NewCall();
  v1::ReplayScheduleRequest request;
  request.set_schedule(flags.schedule);
  request.set_source(spec.source());
  v1::ReplayScheduleResponse response;
  const grpc::Status status =
      connection.programs().ReplaySchedule(context.get(), request, &response);
  if (!status.ok()) return Report(FailureOf(status), json);
  if (json) {
    std::printf("%s\n", MessageJson(response).c_str());
  } else {
    const Terminal terminal = TerminalOf(STDOUT_FILENO);
    const size_t digits = absl::StrCat(response.view().step()).size();
    for (const v1::ProgramOperation& operation : response.operations()) {
      std::fputs(OperationText(operation, digits, terminal).c_str(), stdout);
    }
    std::fputs(StandText(response.view(), flags.file, terminal).c_str(), stdout);
  }
  return static_cast<int>(response.view().verdict().failing() ? ExitCode::kCheckFailed
                                                              : ExitCode::kDone);
}

// The server takes the whole schedule when the experiment is created, and refuses what does not fit
// before any step is shown; then it goes back, to show each.
int ReplayOnProcesses(Connection& connection, const ReplayFlags& flags, const v1::ProgramSpec& spec,
                      const Schedule& schedule, Interrupt& interrupt, bool json) {
  auto started = StepExperiment::Start(connection, spec, interrupt);
  if (interrupt.raised()) return ExitCodeOfSignal(interrupt.signal());
  if (const auto* failure = std::get_if<Failure>(&started)) return Report(*failure, json);
  StepExperiment& experiment = *std::get<std::unique_ptr<StepExperiment>>(started);
  v1::DriveExperimentRequest rewind;
  rewind.mutable_rewind()->set_step(0);
  (void)experiment.stream().Send(rewind);  // its failure ends the stream
  const auto answer = experiment.stream().Await();
  if (interrupt.raised()) return ExitCodeOfSignal(interrupt.signal());
  if (!answer) return Report(FailureOf(experiment.stream().status()), json);
  if (answer->has_error()) return Report(FailureOf(answer->error()), json);
  return RunStepScript(experiment.stream(), answer->experiment().program(), schedule.steps,
                       interrupt, flags.file, json);
}

int RunReplay(const CommonFlags& common, const ReplayFlags& flags) {
  if (const absl::Status status = CheckUtf8("SCHEDULE", flags.schedule); !status.ok()) {
    return Report(FailureOf(status), common.json);
  }
  const absl::StatusOr<Schedule> schedule = ParseSchedule(flags.schedule);
  if (!schedule.ok()) return Report(FailureOf(schedule.status()), common.json);
  const absl::StatusOr<v1::ProgramSpec> spec = SpecFor(flags, *schedule);
  if (!spec.ok()) return Report(FailureOf(spec.status()), common.json);
  const absl::StatusOr<ConnectionOptions> options = ReadConnectionOptions(common);
  if (!options.ok()) return Report(FailureOf(options.status()), common.json);
  Interrupt interrupt;
  const auto connection = Connection::Open(*options);
  if (!connection.ok()) return Report(FailureOf(connection.status()), common.json);
  return flags.model
             ? ReplayOnModel(**connection, flags, *spec, common.json)
             : ReplayOnProcesses(**connection, flags, *spec, *schedule, interrupt, common.json);
}

}  // namespace

Command AddReplayCommand(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<ReplayFlags>();
  CLI::App& command =
      AddCommand(app, "replay", "Make the steps of a schedule again", kReplayExamples, common);
  command.group(kProgramsGroup);
  command
      .add_option("schedule", flags->schedule,
                  Described("The whole line, as `ipclab step` prints it; in quotes"))
      ->type_name("SCHEDULE")
      ->required();
  command
      .add_option("--program", flags->file,
                  Described("The file of its program, where that is not in the catalogue"))
      ->type_name("FILE");
  command
      .add_option("--mechanism", flags->mechanisms,
                  Described("What an object is made of, as in counter=sysv_shm; may be repeated"))
      ->type_name("OBJECT=ID")
      ->allow_extra_args(false);
  command.add_flag("--model", flags->model,
                   Described("On the lab's model alone, without any process"));
  return {&command, [&common, flags] { return RunReplay(common, *flags); }};
}

}  // namespace ipclab::cli
