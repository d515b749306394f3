#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/json_line.h"
#include "clients/cli/programs/diagnostic_text.h"
#include "clients/cli/programs/program_source.h"
#include "clients/cli/programs/programs_command.h"
#include "clients/cli/table.h"

namespace ipclab::cli {
namespace {

constexpr char kCheckExamples[] =
    "  ipclab check my.lab\n"
    "  ipclab check my.lab --listing --variant mutex\n"
    "  ipclab check my.lab --json\n"
    "\n"
    "Says all that is wrong at once. Exit code: 0 it can be run; 1 it cannot; 2 usage;\n"
    "3 the server said no; 4 no server.";

struct CheckFlags {
  ProgramFlags program;
  bool listing = false;
};

// Words in which somebody looks for the place and the weight.
std::string ToneLine(const std::string& line, const std::string& file, const Terminal& terminal) {
  if (!absl::StartsWith(line, file)) return line;
  const bool error = absl::StrContains(line, " error: ");
  return terminal.Paint(error ? Tone::kBad : Tone::kWarning, line);
}

std::string Listing(const v1::CheckProgramResponse& response, const Terminal& terminal) {
  Table table({{.title = "label", .key = true},
               {.title = "process", .align = kLeft},
               {.title = "", .align = kLeft},
               {.title = "operation", .align = kLeft, .wraps = true}});
  for (const v1::ProgramLabel& label : response.labels()) {
    table.AddRow({Printable(label.name()), Printable(label.process()),
                  label.writes() ? "writes" : "reads", Printable(label.operation())});
  }
  return table.Render(terminal);
}

std::string Summary(const v1::CheckProgramResponse& response, const std::string& file) {
  const std::string count = DiagnosticCount(response);
  if (HasErrors(response)) return absl::StrCat(file, ": ", count, "\n");
  std::string text =
      absl::StrCat(file, ": ", count.empty() ? "in order" : count, "; hash ", response.hash(), ", ",
                   response.labels_size(),
                   response.labels_size() == 1 ? " operation is a step" : " operations are steps");
  if (!response.program().title().empty()) {
    absl::StrAppend(&text, " (", Printable(response.program().title()), ")");
  }
  return text + "\n";
}

int RunCheck(const CommonFlags& common, const CheckFlags& flags) {
  const std::string& file = flags.program.subject;
  const absl::StatusOr<std::string> source = ReadProgramFile(file);
  if (!source.ok()) return Report(FailureOf(source.status()), common.json);
  const absl::StatusOr<v1::ProgramSpec> spec = ReadProgramFlags(flags.program);
  if (!spec.ok()) return Report(FailureOf(spec.status()), common.json);
  const absl::StatusOr<ConnectionOptions> options = ReadConnectionOptions(common);
  if (!options.ok()) return Report(FailureOf(options.status()), common.json);
  const auto connection = Connection::Open(*options);
  if (!connection.ok()) return Report(FailureOf(connection.status()), common.json);
  const auto context = (*connection)->NewCall();
  v1::CheckProgramRequest request;
  request.set_source(*source);
  request.set_variant(spec->variant());
  *request.mutable_parameters() = spec->parameters();
  v1::CheckProgramResponse response;
  const grpc::Status status =
      (*connection)->programs().CheckProgram(context.get(), request, &response);
  if (!status.ok()) return Report(FailureOf(status), common.json);
  if (common.json) {
    std::printf("%s\n", MessageJson(response).c_str());
  } else {
    const Terminal terminal = TerminalOf(STDOUT_FILENO);
    std::string text;
    for (const std::string& line : DiagnosticLines(response, file, *source)) {
      absl::StrAppend(&text, ToneLine(line, file, terminal), "\n");
    }
    if (!text.empty()) text += "\n";
    if (flags.listing && !HasErrors(response)) {
      absl::StrAppend(&text, Listing(response, terminal), "\n");
    }
    std::fputs((text + Summary(response, Printable(file))).c_str(), stdout);
  }
  return static_cast<int>(HasErrors(response) ? ExitCode::kCheckFailed : ExitCode::kDone);
}

}  // namespace

Command AddCheckCommand(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<CheckFlags>();
  CLI::App& command =
      AddCommand(app, "check", "Say what is wrong with a program of yours", kCheckExamples, common);
  command.group(kProgramsGroup);
  command.add_option("file", flags->program.subject, Described("The file with its text"))
      ->type_name("FILE")
      ->required();
  command.add_flag("--listing", flags->listing,
                   Described("List every operation that is a step, by the name of its label"));
  command
      .add_option("--variant", flags->program.variant,
                  Described("The variant to list [the first]; all are checked"))
      ->type_name("V");
  command
      .add_option("--param", flags->program.parameters,
                  Described("A parameter's value for the listing; may be repeated"))
      ->type_name("NAME=NUMBER")
      ->allow_extra_args(false);
  return {&command, [&common, flags] { return RunCheck(common, *flags); }};
}

}  // namespace ipclab::cli
