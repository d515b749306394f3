#include "clients/cli/step/worker_pane.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/step/glyphs.h"

namespace ipclab::cli {
namespace {

using Worker = v1::ProgramWorker;

constexpr size_t kStateColumns = 7;
constexpr size_t kCellColumns = 18;

Style StateStyle(Worker::State state) {
  switch (state) {
    case Worker::READY:
      return kGoodStyle;
    case Worker::BLOCKED:
      return kWarningStyle;
    case Worker::DONE:
      return kFaintStyle;
    default:
      return kBadStyle;
  }
}

std::string StateWord(Worker::State state) {
  return state == Worker::STATE_UNSPECIFIED ? "-" : Worker::State_Name(state);
}

// Not more than a third of the pane.
size_t NameColumns(const StepScreen& screen, size_t pane) {
  size_t columns = 0;
  for (const Worker& worker : screen.view.workers()) {
    columns = std::max(columns, ColumnsTaken(Screened(worker.name())));
  }
  return std::min(columns, pane / 3);
}

size_t NumberColumns(const StepScreen& screen) {
  int last = 1;
  for (const Worker& worker : screen.view.workers()) last = std::max(last, worker.span().line());
  return absl::StrCat(last).size();
}

// "error" says something only when it is not 0, and temporaries are what a statement in the middle
// of its work has read so far.
std::vector<std::string> LocalTexts(const Worker& worker) {
  std::vector<std::string> parts;
  for (const v1::ProgramLocal& local : worker.locals()) {
    if (local.name() == "error" && (local.value() == "0" || local.value().empty())) continue;
    if (local.name() == "self") continue;  // which the worker's name says
    parts.push_back(absl::StrCat(local.name(), "=", WithShortStrings(local.value())));
  }
  return parts;
}

// Why it cannot go on, as the server says it, or put together from what it says.
std::string ReasonText(const Worker& worker) {
  if (!worker.reason().empty()) return worker.reason();
  if (worker.waits_for().empty()) return "";
  const std::string holders = absl::StrJoin(worker.held_by(), ", ");
  return absl::StrCat("waits for ", worker.waits_for(),
                      holders.empty() ? "" : absl::StrCat(", held by ", holders));
}

StyledLine FirstLine(const StepScreen& screen, const Worker& worker, size_t columns) {
  const bool last = worker.letter() == screen.last;
  StyledLine line(last ? ">" : " ", kStrongStyle);
  line.Add(worker.letter(), WorkerStyle(worker.letter())).Add(" ");
  const size_t names = NameColumns(screen, columns);
  line.Add(LastColumns(Screened(worker.name()), names)).PadTo(3 + names + 1);
  line.Add(StateWord(worker.state()), StateStyle(worker.state()));
  line.PadTo(3 + names + 1 + kStateColumns + 1);
  if (worker.next().empty()) return line;
  if (worker.span().line() > 0) {
    const std::string number = absl::StrCat(worker.span().line());
    line.Add(std::string(NumberColumns(screen) - number.size(), ' '));
    line.Add(number, kFaintStyle).Add(" ");
  }
  const bool ready = worker.state() == Worker::READY;
  return line.Add(WithShortStrings(worker.next()), ready ? kStrongStyle : kPlainStyle);
}

// Why it waits, and its locals: on one line, or on as many as they take.
StyledLines FurtherLines(const StepScreen& screen, const Worker& worker, LaneForm form,
                         size_t columns) {
  const size_t indent = 3 + NameColumns(screen, columns) + 1;
  StyledLines lines(1);
  lines.back().PadTo(indent);
  const auto add = [&](const std::string& text, const char* between, Style style) {
    const size_t taken = lines.back().columns();
    if (taken == indent) between = "";
    const bool fits = taken + ColumnsTaken(between + Screened(text)) <= columns;
    if (!fits && taken > indent && form == LaneForm::kWhole) {
      lines.push_back(StyledLine().PadTo(indent).Add(text, style));
    } else {
      lines.back().Add(between, style).Add(text, style);
    }
  };
  for (const std::string& word : WrapWords(ReasonText(worker), 1)) {
    add(word, " ", StateStyle(worker.state()));
  }
  for (const std::string& local : LocalTexts(worker)) add(local, "  ", kFaintStyle);
  for (StyledLine& line : lines) line.CutTo(columns);
  return lines;
}

StyledLine OneLine(const StepScreen& screen, const Worker& worker, size_t columns) {
  StyledLine line = FirstLine(screen, worker, columns);
  const bool waits = worker.state() == Worker::BLOCKED && !worker.waits_for().empty();
  if (waits) {
    const std::string holders = absl::StrJoin(worker.held_by(), "");
    StyledLine held(holders.empty() ? "" : absl::StrCat("  held by ", holders), kWarningStyle);
    held.CutTo(columns / 2);
    // Of a deadlock they say more than the operation, which is cut first.
    line.CutTo(columns - held.columns()).Add(held);
  }
  return line;
}

StyledLine Cell(const StepScreen& screen, const Worker& worker) {
  StyledLine line(worker.letter() == screen.last ? ">" : " ", kStrongStyle);
  line.Add(worker.letter(), WorkerStyle(worker.letter())).Add(" ");
  line.Add(StateWord(worker.state()), StateStyle(worker.state()));
  if (worker.state() == Worker::READY && worker.span().line() > 0) {
    line.Add(absl::StrCat(" at ", worker.span().line()), kFaintStyle);
  } else if (worker.state() == Worker::BLOCKED) {
    line.Add(absl::StrCat(" ", worker.waits_for()), kWarningStyle);
  }
  return line;
}

size_t CellsInRow(size_t columns) { return std::max<size_t>(1, columns / kCellColumns); }

}  // namespace

size_t LaneRows(const StepScreen& screen, LaneForm form, size_t columns) {
  const auto workers = static_cast<size_t>(screen.view.workers_size());
  if (form == LaneForm::kWhole) return LaneLines(screen, form, columns).size();
  if (form == LaneForm::kTwoLines) return 2 * workers;
  if (form == LaneForm::kOneLine) return workers;
  return (workers + CellsInRow(columns) - 1) / CellsInRow(columns);
}

StyledLines LaneLines(const StepScreen& screen, LaneForm form, size_t columns) {
  StyledLines lines;
  if (form == LaneForm::kCell) {
    const size_t rows = LaneRows(screen, form, columns);
    lines.resize(rows);
    const size_t width = columns / CellsInRow(columns);
    for (size_t i = 0; i < static_cast<size_t>(screen.view.workers_size()); ++i) {
      StyledLine& line = lines[i % rows];
      line.PadTo(i / rows * width);
      line.Add(Cell(screen, screen.view.workers(static_cast<int>(i))).CutTo(width - 1));
    }
    return lines;
  }
  for (const Worker& worker : screen.view.workers()) {
    if (form == LaneForm::kOneLine) {
      lines.push_back(OneLine(screen, worker, columns).CutTo(columns));
      continue;
    }
    lines.push_back(FirstLine(screen, worker, columns).CutTo(columns));
    const StyledLines more = FurtherLines(screen, worker, form, columns);
    lines.insert(lines.end(), more.begin(), more.end());
  }
  return lines;
}

}  // namespace ipclab::cli
