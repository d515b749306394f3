#include "clients/cli/programs/programs_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "clients/cli/json_line.h"
#include "clients/cli/programs/program_page.h"
#include "clients/cli/programs/program_source.h"

namespace ipclab::cli {
namespace {

constexpr char kProgramsExamples[] =
    "  ipclab programs\n"
    "  ipclab programs lost_update\n"
    "  ipclab programs lost_update --answer\n"
    "  ipclab programs lost_update --json | jq -r .source >my.lab";

struct ProgramsFlags {
  std::optional<std::string> name;
  bool answer = false;
};

int PrintCatalogue(Connection& connection, bool json) {
  const auto listed = ListAllPrograms(connection);
  if (const auto* failure = std::get_if<Failure>(&listed)) return Report(*failure, json);
  const auto& programs = std::get<std::vector<v1::Program>>(listed);
  std::string text = json ? "" : ProgramTable(programs, TerminalOf(STDOUT_FILENO));
  for (const v1::Program& program : programs) {
    if (json) absl::StrAppend(&text, MessageJson(program), "\n");
  }
  std::fputs(text.c_str(), stdout);
  return static_cast<int>(ExitCode::kDone);
}

int PrintProgram(Connection& connection, const ProgramsFlags& flags, bool json) {
  const auto context = connection.NewCall();
  v1::GetProgramRequest request;
  request.set_name(absl::StrCat("programs/", SubjectName(*flags.name)));
  v1::Program program;
  const grpc::Status status = connection.programs().GetProgram(context.get(), request, &program);
  if (!status.ok()) return Report(FailureOf(status), json);
  const std::string text = json ? absl::StrCat(MessageJson(program), "\n")
                                : ProgramPage(program, flags.answer, TerminalOf(STDOUT_FILENO));
  std::fputs(text.c_str(), stdout);
  return static_cast<int>(ExitCode::kDone);
}

absl::Status CheckName(const std::string& name) {
  if (SubjectName(name).empty()) return absl::InvalidArgumentError(kNoName);
  return CheckUtf8("PROGRAM", name);
}

int RunPrograms(const CommonFlags& common, const ProgramsFlags& flags) {
  const absl::Status name = flags.name ? CheckName(*flags.name) : absl::OkStatus();
  if (!name.ok()) return Report(FailureOf(name), common.json);
  const absl::StatusOr<ConnectionOptions> options = ReadConnectionOptions(common);
  if (!options.ok()) return Report(FailureOf(options.status()), common.json);
  const auto connection = Connection::Open(*options);
  if (!connection.ok()) return Report(FailureOf(connection.status()), common.json);
  return flags.name ? PrintProgram(**connection, flags, common.json)
                    : PrintCatalogue(**connection, common.json);
}

}  // namespace

std::variant<std::vector<v1::Program>, Failure> ListAllPrograms(Connection& connection) {
  std::vector<v1::Program> programs;
  v1::ListProgramsRequest request;
  do {
    const auto context = connection.NewCall();
    v1::ListProgramsResponse page;
    const grpc::Status status = connection.programs().ListPrograms(context.get(), request, &page);
    if (!status.ok()) return FailureOf(status);
    programs.insert(programs.end(), page.programs().begin(), page.programs().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return programs;
}

Command AddProgramsCommand(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<ProgramsFlags>();
  CLI::App& command =
      AddCommand(app, "programs", "List the programs that can be stepped, or show one",
                 kProgramsExamples, common);
  command.group(kProgramsGroup);
  command
      .add_option("name", flags->name,
                  Described("Show this program: lesson, goal, question, parameters, objects, text"))
      ->type_name("PROGRAM");
  command.add_flag("--answer", flags->answer, Described("Show the answer to its question too"));
  return {&command, [&common, flags] { return RunPrograms(common, *flags); }};
}

}  // namespace ipclab::cli
