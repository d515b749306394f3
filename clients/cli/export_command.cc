#include "clients/cli/export_command.h"

#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/experiment_name.h"
#include "clients/cli/failure.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/output_file.h"
#include "clients/cli/running_server.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

using Format = v1::ExportExperimentRequest;

constexpr char kExportExamples[] =
    "  ipclab export x-1a2b3c4d\n"
    "  ipclab export x-1a2b3c4d --format csv -o figures.csv\n"
    "  ipclab export x-1a2b3c4d --format hdr -o results/\n"
    "\n"
    "A file appears whole or not at all. With --json: the server's messages as they are, or, with\n"
    "-o, what was written.";

struct ExportFlags {
  std::string name;
  std::string format = "json";
  std::string output = "-";
};

std::optional<Format::Format> FormatOf(const std::string& word) {
  if (word == "json") return Format::JSON;
  if (word == "csv") return Format::CSV;
  if (word == "hdr") return Format::HDR_LOG;
  return std::nullopt;
}

Failure CannotWrite(const absl::Status& status) {
  return {.exit_code = ExitCode::kCheckFailed,
          .kind = "OUTPUT",
          .message = absl::StrCat("nothing was exported: ", std::string(status.message()))};
}

// The place that was named, or, in a folder, the file of the name that the server proposes. The
// server is not trusted with anything but a plain name.
std::string PathFor(const std::string& output, const std::string& proposed) {
  struct stat there = {};
  const bool folder = ::stat(output.c_str(), &there) == 0 && S_ISDIR(there.st_mode);
  if (!folder) return output;
  const bool plain =
      !proposed.empty() && proposed[0] != '.' && proposed.find('/') == std::string::npos;
  return absl::StrCat(output, absl::EndsWith(output, "/") ? "" : "/", plain ? proposed : "export");
}

struct Exported {
  std::string path;
  std::string media_type;
  int64_t bytes = 0;
};

// Copies the stream into its place, or tells why it could not.
std::optional<Failure> Copy(Connection& connection, const v1::ExportExperimentRequest& request,
                            const std::string& output, Interrupt& interrupt, Exported& exported) {
  const auto context = connection.NewStream();
  const Interrupt::Guard guard(interrupt, *context);
  const auto stream = connection.experiments().ExportExperiment(context.get(), request);
  std::optional<OutputFile> file;
  absl::Status written;
  v1::ExportExperimentResponse piece;
  while (written.ok() && stream->Read(&piece)) {
    if (!file) {
      exported.path = PathFor(output, piece.file_name());
      exported.media_type = piece.media_type();
      absl::StatusOr<OutputFile> opened = OutputFile::Open(exported.path);
      written = opened.status();
      if (opened.ok()) file.emplace(*std::move(opened));
    }
    if (file) written = file->Write(piece.data());
    exported.bytes += static_cast<int64_t>(piece.data().size());
  }
  if (!written.ok()) context->TryCancel();
  const grpc::Status status = stream->Finish();
  if (!written.ok()) return CannotWrite(written);
  if (!status.ok()) return FailureOf(status);
  if (!file) return CannotWrite(absl::DataLossError("the server sent an empty file"));
  if (written = file->Commit(); !written.ok()) return CannotWrite(written);
  return std::nullopt;
}

std::optional<Failure> PrintMessages(Connection& connection,
                                     const v1::ExportExperimentRequest& request,
                                     Interrupt& interrupt) {
  const auto context = connection.NewStream();
  const Interrupt::Guard guard(interrupt, *context);
  const auto stream = connection.experiments().ExportExperiment(context.get(), request);
  v1::ExportExperimentResponse piece;
  while (stream->Read(&piece)) std::printf("%s\n", MessageJson(piece).c_str());
  const grpc::Status status = stream->Finish();
  return status.ok() ? std::nullopt : std::make_optional(FailureOf(status));
}

int Run(const CommonFlags& common, const ExportFlags& flags) {
  const std::optional<Format::Format> format = FormatOf(flags.format);
  if (!format) {
    return Report({.exit_code = ExitCode::kUsage,
                   .kind = "USAGE",
                   .message = absl::StrCat("--format: \"", flags.format,
                                           "\" is no format: use json, csv or hdr")},
                  common.json);
  }
  Interrupt interrupt;
  const auto connection = OpenRunningServer(common);
  if (!connection.ok()) return Report(FailureOf(connection.status()), common.json);
  v1::ExportExperimentRequest request;
  request.set_name(ExperimentName(flags.name));
  request.set_format(*format);
  Exported exported;
  const bool messages = common.json && flags.output == "-";
  const std::optional<Failure> failure =
      messages ? PrintMessages(**connection, request, interrupt)
               : Copy(**connection, request, flags.output, interrupt, exported);
  if (interrupt.raised()) return ExitCodeOfSignal(interrupt.signal());
  if (failure) return Report(*failure, common.json);
  if (flags.output == "-") return static_cast<int>(ExitCode::kDone);
  if (common.json) {
    const JsonLine line = JsonLine()
                              .Text("file", exported.path)
                              .Text("mediaType", exported.media_type)
                              .Text("bytes", absl::StrCat(exported.bytes));
    std::printf("%s\n", line.str().c_str());
  } else {
    std::fprintf(stderr, "%s: %s\n", exported.path.c_str(), SizeText(exported.bytes).c_str());
  }
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

Command AddExportCommand(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<ExportFlags>();
  CLI::App& command = AddServerCommand(
      app, "export", "Write what an ended experiment measured to a file", kExportExamples, common);
  command.add_option("name", flags->name, Described("The experiment"))
      ->type_name(kExperimentType)
      ->required();
  command
      .add_option("--format", flags->format,
                  Described("json: the whole experiment; csv: a table for spreadsheets; hdr: the "
                            "histograms, in HdrHistogram's log format"))
      ->type_name("json|csv|hdr")
      ->capture_default_str();
  command
      .add_option("-o,--output", flags->output,
                  Described("The file, or the folder for a file of the server's naming; - is "
                            "standard output"))
      ->type_name("FILE")
      ->capture_default_str();
  return {&command, [&common, flags] { return Run(common, *flags); }};
}

}  // namespace ipclab::cli
