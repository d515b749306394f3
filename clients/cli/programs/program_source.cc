#include "clients/cli/programs/program_source.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/cli/command_flags.h"
#include "clients/cli/programs/diagnostic_text.h"
#include "clients/cli/step/glyphs.h"
#include "clients/cli/terminal.h"
#include "common/program/program.h"

namespace ipclab::cli {
namespace {

constexpr char kPrefix[] = "programs/";
constexpr char kByteOrderMark[] = "\xef\xbb\xbf";

absl::Status Misread(const std::string& flag, const std::string& text, const std::string& right) {
  return absl::InvalidArgumentError(absl::StrCat(flag, ": \"", Printable(text), "\" ", right));
}

absl::Status ReadParameter(const std::string& text, v1::ProgramSpec& spec) {
  if (absl::Status status = CheckUtf8("--param", text); !status.ok()) return status;
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
  int64_t value = 0;
  if (parts.size() != 2 || parts[0].empty() || !absl::SimpleAtoi(parts[1], &value)) {
    return Misread("--param", text, "must be NAME=NUMBER, as in rounds=1000");
  }
  if (!spec.mutable_parameters()->insert({parts[0], value}).second) {
    return Misread("--param", text, "gives a parameter its value twice");
  }
  return absl::OkStatus();
}

// "q=posix_mq,depth=4"
absl::Status ReadMechanism(const std::string& text, v1::ProgramSpec& spec) {
  constexpr char kForm[] = "must be OBJECT=ID or OBJECT=ID,OPTION=VALUE, as in counter=sysv_shm";
  if (absl::Status status = CheckUtf8("--mechanism", text); !status.ok()) return status;
  const std::vector<std::string> parts = absl::StrSplit(text, ',');
  const std::vector<std::string> first = absl::StrSplit(parts[0], absl::MaxSplits('=', 1));
  if (first.size() != 2 || first[0].empty() || first[1].empty()) {
    return Misread("--mechanism", text, kForm);
  }
  v1::ObjectMechanism mechanism;
  mechanism.set_mechanism(first[1]);
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::vector<std::string> option = absl::StrSplit(parts[i], absl::MaxSplits('=', 1));
    if (option.size() != 2 || option[0].empty()) return Misread("--mechanism", text, kForm);
    (*mechanism.mutable_options())[option[0]] = option[1];
  }
  if (!spec.mutable_mechanisms()->insert({first[0], mechanism}).second) {
    return Misread("--mechanism", text, "names an object a second time");
  }
  return absl::OkStatus();
}

}  // namespace

void AddProgramFlags(CLI::App& command, ProgramFlags& flags) {
  command
      .add_option("program", flags.subject,
                  Described("A program of the catalogue (`ipclab programs` lists it), or a file "
                            "of yours: my.lab"))
      ->type_name("PROGRAM")
      ->required();
  command.add_option("--variant", flags.variant, Described("One of its variants [the first]"))
      ->type_name("V");
  command
      .add_option("--param", flags.parameters,
                  Described("A parameter's value, as in rounds=1000; may be repeated"))
      ->type_name("NAME=NUMBER")
      ->allow_extra_args(false);
  command
      .add_option("--mechanism", flags.mechanisms,
                  Described("What an object is made of, as in counter=sysv_shm or "
                            "q=posix_mq,depth=4; may be repeated"))
      ->type_name("OBJECT=ID")
      ->allow_extra_args(false);
}

bool IsProgramFile(const std::string& subject) {
  return absl::EndsWith(subject, ".lab") ||
         (absl::StrContains(subject, '/') && !absl::StartsWith(subject, kPrefix));
}

absl::Status CheckUtf8(const std::string& what, const std::string& text) {
  if (FirstWrongByte(text) == std::string::npos) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(what, ": \"", Screened(text), "\" is not UTF-8; type it in a terminal that is"));
}

absl::StatusOr<std::string> ReadProgramFile(const std::string& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  std::string text(ProgramLimits::kSourceBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  const std::streamsize count = stream.gcount();
  if (!stream.is_open() || stream.bad() || (count == 0 && errno != 0)) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": cannot be read (", errno == 0 ? "it is no file" : std::strerror(errno), ")"));
  }
  text.resize(static_cast<size_t>(count));
  if (text.size() > ProgramLimits::kSourceBytes) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": longer than the ",
                                                   ProgramLimits::kSourceBytes >> 10,
                                                   " KiB that a program may have"));
  }
  const size_t wrong = FirstWrongByte(text);
  if (wrong != std::string::npos) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(wrong);
    return absl::InvalidArgumentError(
        absl::StrCat(path, ":", 1 + std::count(text.begin(), end, '\n'),
                     ": is not UTF-8 (an editor's \"Latin-1\"?); save it as UTF-8"));
  }
  if (absl::StartsWith(text, kByteOrderMark)) text.erase(0, sizeof(kByteOrderMark) - 1);
  return text;
}

absl::StatusOr<v1::ProgramSpec> ReadProgramFlags(const ProgramFlags& flags) {
  v1::ProgramSpec spec;
  if (IsProgramFile(flags.subject)) {
    absl::StatusOr<std::string> text = ReadProgramFile(flags.subject);
    if (!text.ok()) return text.status();
    spec.set_source(*std::move(text));
  } else {
    if (absl::Status status = CheckUtf8("PROGRAM", flags.subject); !status.ok()) return status;
    spec.set_program(SubjectName(flags.subject));
    if (spec.program().empty()) return absl::InvalidArgumentError(kNoName);
  }
  if (absl::Status status = CheckUtf8("--variant", flags.variant); !status.ok()) return status;
  spec.set_variant(flags.variant);
  for (const std::string& each : flags.parameters) {
    if (absl::Status status = ReadParameter(each, spec); !status.ok()) return status;
  }
  for (const std::string& each : flags.mechanisms) {
    if (absl::Status status = ReadMechanism(each, spec); !status.ok()) return status;
  }
  return spec;
}

std::variant<v1::Program, Failure> FindProgram(Connection& connection, const ProgramFlags& flags,
                                               const v1::ProgramSpec& spec) {
  const auto context = connection.NewCall();
  if (spec.source().empty()) {
    v1::GetProgramRequest request;
    request.set_name(absl::StrCat(kPrefix, spec.program()));
    v1::Program program;
    const grpc::Status status = connection.programs().GetProgram(context.get(), request, &program);
    if (!status.ok()) return FailureOf(status);
    return program;
  }
  v1::CheckProgramRequest request;
  request.set_source(spec.source());
  request.set_variant(spec.variant());
  *request.mutable_parameters() = spec.parameters();
  v1::CheckProgramResponse response;
  const grpc::Status status = connection.programs().CheckProgram(context.get(), request, &response);
  if (!status.ok()) return FailureOf(status);
  if (!response.has_program()) {
    return Failure{.exit_code = ExitCode::kRefused,
                   .kind = "REFUSED",
                   .reason = "PROGRAM_ERRORS",
                   .message = absl::StrCat(flags.subject, " cannot be compiled"),
                   .violations = DiagnosticLines(response, flags.subject, spec.source())};
  }
  v1::Program program = response.program();
  program.set_source(spec.source());
  return program;
}

std::string SubjectName(const std::string& subject) {
  if (absl::StartsWith(subject, kPrefix)) return subject.substr(sizeof(kPrefix) - 1);
  return subject.substr(subject.rfind('/') + 1);
}

}  // namespace ipclab::cli
