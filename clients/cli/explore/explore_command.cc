#include "clients/cli/explore/explore_command.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/explore/exploration_page.h"
#include "clients/cli/explore/explore_events.h"
#include "clients/cli/explore/explore_flags.h"
#include "clients/cli/explore/explore_view.h"
#include "clients/cli/json_line.h"
#include "clients/cli/live_block.h"
#include "clients/cli/parse.h"
#include "clients/cli/standard_streams.h"

namespace ipclab::cli {
namespace {

constexpr char kExploreExamples[] =
    "  ipclab explore lost_update\n"
    "  ipclab explore lost_update --mode count --param rounds=3\n"
    "  ipclab explore dining_philosophers --mode count --engine model\n"
    "  ipclab explore my.lab --mode sample --max-schedules 100000 --seed 7\n"
    "  ipclab explore lost_update --json | jq -r '.exploration.finding.schedule // empty'\n"
    "\n"
    "Exit code: 0 no failing schedule was found; 1 one was; 2 usage; 3 the server said no;\n"
    "4 no server; 130 stopped by Ctrl-C, after what was known by then.";

size_t TerminalRows(int fd) {
  winsize size = {};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
}

// The live view on standard output; takes itself away at its end. Nothing where that is no
// terminal.
class LiveExploration {
 public:
  LiveExploration(std::string title, bool shown)
      : shown_(shown), view_(std::move(title), GlyphsOfLocale()), block_(STDOUT_FILENO) {
    Draw();
  }
  LiveExploration(const LiveExploration&) = delete;
  LiveExploration& operator=(const LiveExploration&) = delete;
  ~LiveExploration() { Erase(); }

  void Take(const v1::ExploreEvent& event) {
    view_.Take(event);
    Draw();  // at once: events come at most every 200 ms
  }

  void Erase() {
    if (std::exchange(shown_, false)) block_.Draw({});
  }

  const KnownSoFar& known() const { return view_.known(); }

 private:
  void Draw() {
    if (!shown_) return;
    // Asked for anew: its size may have changed. The cursor stands below the last line.
    block_.Draw(view_.Lines(TerminalOf(STDOUT_FILENO), TerminalRows(STDOUT_FILENO) - 1));
  }

  bool shown_;
  ExploreView view_;
  LiveBlock block_;
};

// "lost_update racy: count on real processes"
std::string TitleOf(const ExploreFlags& flags, const v1::ExploreProgramRequest& request) {
  const bool model = request.engine() == v1::ExploreProgramRequest::MODEL;
  std::string title = SubjectName(flags.program.subject);
  if (!flags.program.variant.empty()) absl::StrAppend(&title, " ", flags.program.variant);
  for (const std::string& each : flags.program.parameters) absl::StrAppend(&title, " ", each);
  return absl::StrCat(title, ": ", LowerName(v1::ExploreProgramRequest::Mode_Name(request.mode())),
                      model ? " on the lab's model" : " on real processes");
}

// False when nobody reads on.
bool PrintEvent(const v1::ExploreEvent& event) {
  if (event.has_finding()) return true;  // it is a part of what comes last
  std::printf("%s\n", MessageJson(event).c_str());
  return FlushOutput();
}

void PrintKnown(const v1::Exploration& exploration, const ExploreFlags& flags, bool json) {
  if (json) {
    v1::ExploreEvent event;
    *event.mutable_exploration() = exploration;
    (void)PrintEvent(event);
    return;
  }
  const std::string page =
      ExplorationPage(exploration, flags.program, GlyphsOfLocale(), TerminalOf(STDOUT_FILENO));
  std::fputs(page.c_str(), stdout);
}

// Prints the live view in a terminal, the page, or JSON. The exit code.
int RunExploration(Connection& connection, const ExploreFlags& flags,
                   const v1::ExploreProgramRequest& request, Interrupt& interrupt, bool json) {
  const bool live = !json && TerminalOf(STDOUT_FILENO).interactive;
  LiveExploration view(TitleOf(flags, request), live);
  const auto context = connection.NewStream();
  bool heard = true;
  const auto explored =
      Explore(connection, *context, request, interrupt, [&](const v1::ExploreEvent& event) {
        view.Take(event);
        heard = !json || PrintEvent(event);
        return heard;
      });
  view.Erase();
  if (!heard) return static_cast<int>(ExitCode::kDone);  // who closed the pipe has had enough
  if (const auto* exploration = std::get_if<v1::Exploration>(&explored)) {
    if (!json) PrintKnown(*exploration, flags, json);
    return static_cast<int>(KnowsFailure(*exploration) ? ExitCode::kCheckFailed : ExitCode::kDone);
  }
  const bool interrupted = interrupt.raised();
  if (interrupted || view.known().progress || view.known().finding) {
    PrintKnown(
        BrokenOff(view.known(), request, interrupted ? "an interruption" : "a failure, told below"),
        flags, json);
    (void)FlushOutput();
  }
  if (interrupted) return ExitCodeOfSignal(interrupt.signal());
  return Report(std::get<Failure>(explored), json);
}

int RunExplore(const CommonFlags& common, const ExploreFlags& flags) {
  const absl::StatusOr<v1::ExploreProgramRequest> request = ReadExploreFlags(flags);
  if (!request.ok()) return Report(FailureOf(request.status()), common.json);
  const absl::StatusOr<ConnectionOptions> options = ReadConnectionOptions(common);
  if (!options.ok()) return Report(FailureOf(options.status()), common.json);
  Interrupt interrupt;
  const auto connection = Connection::Open(*options);
  if (!connection.ok()) return Report(FailureOf(connection.status()), common.json);
  const auto program = FindProgram(**connection, flags.program, request->program());
  if (const auto* failure = std::get_if<Failure>(&program)) return Report(*failure, common.json);
  return RunExploration(**connection, flags, *request, interrupt, common.json);
}

}  // namespace

Command AddExploreCommand(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<ExploreFlags>();
  CLI::App& command =
      AddCommand(app, "explore", "Look at every interleaving of a program, or for one that fails",
                 kExploreExamples, common);
  command.group(kProgramsGroup);
  AddExploreFlags(command, *flags);
  return {&command, [&common, flags] { return RunExplore(common, *flags); }};
}

}  // namespace ipclab::cli
