#include "clients/cli/programs/trace_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/programs/shell_word.h"
#include "clients/cli/programs/verdict_text.h"
#include "clients/cli/step/history_pane.h"
#include "clients/cli/step/object_pane.h"
#include "clients/cli/step/worker_pane.h"

namespace ipclab::cli {
namespace {

constexpr size_t kAnyWidth = 1000;
constexpr size_t kAllRows = 1000;

size_t TraceWidth(const Terminal& terminal) {
  return terminal.width > 0 ? terminal.width : kAnyWidth;
}

std::string Joined(const StyledLines& lines, const Terminal& terminal) {
  std::string text;
  for (const StyledLine& line : lines) {
    // Not every line has styles, and what is kept in a file has no spaces behind it.
    const std::string painted = terminal.interactive ? line.Ansi(terminal.colours) : line.text();
    const absl::string_view trimmed = absl::StripTrailingAsciiWhitespace(painted);
    if (!trimmed.empty()) absl::StrAppend(&text, trimmed, "\n");
  }
  return text;
}

}  // namespace

std::string OperationText(const v1::ProgramOperation& operation, size_t digits,
                          const Terminal& terminal) {
  return Joined(OperationLines(operation, digits, TraceWidth(terminal)), terminal);
}

std::string StandText(const v1::ProgramView& view, const std::string& file,
                      const Terminal& terminal) {
  StepScreen screen;
  screen.view = view;
  const size_t width = TraceWidth(terminal);
  std::string text = "\n";
  const bool over = view.has_verdict() && !view.verdict().failing();
  if (!over) {
    absl::StrAppend(&text, terminal.Paint(Tone::kStrong, "workers"), "\n",
                    Joined(LaneLines(screen, LaneForm::kWhole, width), terminal));
  }
  Scrolls scrolls;
  if (view.objects_size() > 0) {
    absl::StrAppend(&text, terminal.Paint(Tone::kStrong, "objects: the lab | the kernel"), "\n",
                    Joined(ObjectLines(screen, width, kAllRows, scrolls), terminal));
  }
  if (view.output_size() > 0) {
    absl::StrAppend(&text, terminal.Paint(Tone::kStrong, "printed"), "\n",
                    Joined(PrintedLines(screen, width, kAllRows), terminal));
  }
  absl::StrAppend(&text, terminal.Paint(Tone::kStrong, "schedule"), "\n ",
                  Printable(view.schedule()), "\n");
  if (!file.empty() && view.verdict().failing()) {
    absl::StrAppend(&text, " # again: ipclab replay ", ShellWord(Printable(view.schedule())),
                    " --program ", ShellWord(Printable(file)), "\n");
  }
  if (view.has_verdict()) {
    const Tone tone = view.verdict().failing() ? Tone::kBad : Tone::kGood;
    absl::StrAppend(&text, "\n", terminal.Paint(tone, VerdictWord(view.verdict())), " ",
                    Printable(VerdictSentence(view.verdict())), "\n");
  }
  if (view.goal_reached())
    absl::StrAppend(&text, terminal.Paint(Tone::kGood, "GOAL REACHED"), "\n");
  return text;
}

}  // namespace ipclab::cli
