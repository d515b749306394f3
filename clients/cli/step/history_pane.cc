#include "clients/cli/step/history_pane.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/cli/step/glyphs.h"

namespace ipclab::cli {
namespace {

constexpr size_t kLeastOperation = 12;
constexpr size_t kColumnsForChecks = 50;

struct CheckWords {
  const char* word;
  Style style;
};

CheckWords WordsOf(v1::ProgramCheck::State state) {
  switch (state) {
    case v1::ProgramCheck::FAILED:
      return {"FAILED", kBadStyle};
    case v1::ProgramCheck::NOT_YET:
      return {"at end", kFaintStyle};
    default:
      return {"holds ", kGoodStyle};
  }
}

}  // namespace

StyledLines OperationLines(const v1::ProgramOperation& operation, size_t digits, size_t columns) {
  StyledLine line;
  const std::string number = absl::StrCat(operation.step());
  line.PadTo(digits - std::min(digits, number.size())).Add(number, kFaintStyle);
  // A preemption: the mark that schedules have behind it.
  line.Add(operation.preemption() ? "!" : " ", kWarningStyle).Add(" ");
  line.Add(operation.worker(), WorkerStyle(operation.worker())).Add(" ");
  const size_t indent = line.columns();
  line.Add(WithShortStrings(operation.operation()));
  std::string effect = WithShortStrings(operation.effect());
  if (!operation.woke().empty()) absl::StrAppend(&effect, "; wakes ", operation.woke());
  StyledLine after(effect, operation.error().empty() ? kFaintStyle : kWarningStyle);
  if (!operation.failed_check().empty()) {
    // Where room is short, only that: which one it was stands below.
    const bool short_of_room = columns < kColumnsForChecks;
    after.Add(effect.empty() ? "" : "  ");
    after.Add(short_of_room ? "CHECK FAILED" : absl::StrCat("FAILED ", operation.failed_check()),
              kBadStyle);
  }
  const size_t begin = std::max(line.columns(), indent + kLeastOperation) + 2;
  if (after.columns() == 0) return {line.CutTo(columns)};
  if (begin + after.columns() <= columns) return {line.PadTo(begin).Add(after)};
  StyledLine second;
  second.PadTo(indent + 2).Add(after);
  return {line.CutTo(columns), second.CutTo(columns)};
}

// From the newest backwards, and no further than is seen: a history may be long.
StyledLines HistoryLines(const StepScreen& screen, size_t columns, size_t rows, Scrolls& scrolls) {
  const size_t digits = absl::StrCat(screen.view.step()).size();
  scrolls.history = std::min(scrolls.history, 0);
  const size_t wanted = rows + static_cast<size_t>(-scrolls.history);
  StyledLines backwards;
  for (auto each = screen.history.rbegin();
       each != screen.history.rend() && backwards.size() < wanted; ++each) {
    StyledLines lines = OperationLines(*each, digits, columns);
    backwards.insert(backwards.end(), lines.rbegin(), lines.rend());
  }
  const size_t above = backwards.size() > rows ? backwards.size() - rows : 0;
  const size_t skipped = std::min(static_cast<size_t>(-scrolls.history), above);
  scrolls.history = -static_cast<int>(skipped);
  const auto begin = backwards.begin() + static_cast<std::ptrdiff_t>(skipped);
  StyledLines shown(
      begin, begin + static_cast<std::ptrdiff_t>(std::min(rows, backwards.size() - skipped)));
  std::reverse(shown.begin(), shown.end());
  return shown;
}

StyledLines CheckLines(const StepScreen& screen, size_t columns) {
  StyledLines lines;
  for (const bool failed : {true, false}) {
    for (const v1::ProgramCheck& check : screen.view.checks()) {
      if ((check.state() == v1::ProgramCheck::FAILED) != failed) continue;
      const CheckWords words = WordsOf(check.state());
      StyledLine line(" ");
      line.Add(words.word, words.style)
          .Add(" ")
          .Add(check.text(), failed ? kBadStyle : kPlainStyle);
      lines.push_back(line.CutTo(columns));
    }
  }
  return lines;
}

StyledLines PrintedLines(const StepScreen& screen, size_t columns, size_t rows) {
  StyledLines lines;
  const int count = screen.view.output_size();
  for (int i = std::max(0, count - static_cast<int>(rows)); i < count; ++i) {
    lines.push_back(StyledLine(absl::StrCat(" ", screen.view.output(i))).CutTo(columns));
  }
  return lines;
}

}  // namespace ipclab::cli
