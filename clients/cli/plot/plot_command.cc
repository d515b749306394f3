#include "clients/cli/plot/plot_command.h"

#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/command_flags.h"
#include "clients/cli/failure.h"
#include "clients/cli/output_file.h"
#include "clients/cli/plot/labels.h"
#include "clients/cli/plot/page.h"
#include "clients/cli/plot/pictures.h"
#include "clients/cli/plot/read_results.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

constexpr char kPlotExamples[] =
    "  ipclab measure pipe unix_stream --trials 10 --json > results.json\n"
    "  ipclab plot results.json -o results.svg\n"
    "  ipclab plot monday.json friday.json --kind ecdf,spectrum -o both.svg\n"
    "  ipclab measure pipe --json | ipclab plot - > pipe.svg\n"
    "\n"
    "A file appears whole or not at all. Exit code: 0 done; 1 a RESULT cannot be read or has not\n"
    "what the picture needs, or the file cannot be written; 2 usage.";

struct PlotFlags {
  std::vector<std::string> results;
  std::string kinds;
  std::string output = "-";
  bool json = false;
};

Failure UsageFailure(std::string message) {
  return {.exit_code = ExitCode::kUsage, .kind = "USAGE", .message = std::move(message)};
}

Failure InputFailure(const absl::Status& status) {
  return {.exit_code = ExitCode::kCheckFailed,
          .kind = "INPUT",
          .message = std::string(status.message())};
}

Failure OutputFailure(const absl::Status& status) {
  return {.exit_code = ExitCode::kCheckFailed,
          .kind = "OUTPUT",
          .message = absl::StrCat("nothing was drawn: ", std::string(status.message()))};
}

// The input that the picture would take the place of: results are not measured twice. Devices and
// pipes may be both.
std::optional<std::string> InputThatIsOutput(const PlotFlags& flags) {
  struct stat output = {};
  if (flags.output == "-" || ::stat(flags.output.c_str(), &output) != 0) return std::nullopt;
  if (!S_ISREG(output.st_mode)) return std::nullopt;
  for (const std::string& path : flags.results) {
    struct stat input = {};
    const int failed = path == "-" ? ::fstat(STDIN_FILENO, &input) : ::stat(path.c_str(), &input);
    if (failed == 0 && input.st_dev == output.st_dev && input.st_ino == output.st_ino) return path;
  }
  return std::nullopt;
}

absl::Status WriteWhole(const std::string& path, const std::string& text) {
  absl::StatusOr<OutputFile> file = OutputFile::Open(path);
  if (!file.ok()) return file.status();
  if (absl::Status written = file->Write(text); !written.ok()) return written;
  return file->Commit();
}

// What was written where; standard output has the picture itself and nothing else.
void Tell(const PlotFlags& flags, const std::vector<const plot::Picture*>& pictures, size_t items,
          size_t bytes) {
  if (flags.output == "-") return;
  std::vector<std::string> kinds;
  for (const plot::Picture* picture : pictures) kinds.emplace_back(picture->kind);
  if (flags.json) {
    const JsonLine line = JsonLine()
                              .Text("file", flags.output)
                              .Texts("kinds", kinds)
                              .Number("items", static_cast<int64_t>(items))
                              .Text("bytes", absl::StrCat(bytes));
    std::printf("%s\n", line.str().c_str());
  } else {
    std::fprintf(stderr, "%s: %s\n", flags.output.c_str(),
                 SizeText(static_cast<int64_t>(bytes)).c_str());
  }
}

int RunPlot(const PlotFlags& flags) {
  const auto asked_for = plot::PicturesNamed(flags.kinds);
  if (!asked_for.ok()) {
    return Report(UsageFailure(std::string(asked_for.status().message())), flags.json);
  }
  if (std::count(flags.results.begin(), flags.results.end(), "-") > 1) {
    return Report(UsageFailure("\"-\", standard input, can be read only once"), flags.json);
  }
  if (const auto input = InputThatIsOutput(flags)) {
    return Report(UsageFailure(absl::StrCat("--output ", flags.output, " is the RESULT ", *input,
                                            " itself: write the picture to another file")),
                  flags.json);
  }
  absl::StatusOr<plot::Results> results = plot::ReadResults(flags.results);
  if (!results.ok()) return Report(InputFailure(results.status()), flags.json);
  plot::LabelItems(results->items);
  const auto pictures = plot::ChoosePictures(*asked_for, *results);
  if (!pictures.ok()) return Report(InputFailure(pictures.status()), flags.json);
  const std::string page = plot::Page(*results, *pictures);
  if (const absl::Status written = WriteWhole(flags.output, page); !written.ok()) {
    return Report(OutputFailure(written), flags.json);
  }
  Tell(flags, *pictures, results->items.size(), page.size());
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

Command AddPlotCommand(CLI::App& app) {
  const auto flags = std::make_shared<PlotFlags>();
  CLI::App& command =
      *app.add_subcommand("plot", "Draw what measure --json printed, as one SVG picture");
  command.group(kMeasureGroup);
  command
      .add_option("result", flags->results,
                  Described("Files of what `ipclab measure --json` printed; - is standard input"))
      ->type_name("FILE")
      ->required();
  command
      .add_option("--kind", flags->kinds,
                  Described("Which pictures, several with commas: bars (latency beside CPU cost), "
                            "spectrum (percentiles), ecdf (distributions upon each other), trials "
                            "(a dot each), series (p50, p99 and max over time), heat (time by "
                            "latency). Default: all that the results are enough for"))
      ->type_name("bars|spectrum|ecdf|trials|series|heat");
  command.add_option("-o,--output", flags->output, Described("The file; - is standard output"))
      ->type_name("FILE")
      ->capture_default_str();
  command.add_flag("--json", flags->json, Described("Print what was written as JSON"));
  command.set_version_flag("--version", "ipclab " IPCLAB_VERSION);
  command.footer(absl::StrCat("Examples:\n", kPlotExamples));
  return {&command, [flags] { return RunPlot(*flags); }};
}

}  // namespace ipclab::cli
