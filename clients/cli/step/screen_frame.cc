#include "clients/cli/step/screen_frame.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/cli/programs/verdict_text.h"
#include "clients/cli/step/glyphs.h"

namespace ipclab::cli {
namespace {

constexpr size_t kShortScreen = 20;  // rows: below them the lesson is left out
constexpr size_t kTallScreen = 36;

// Without the last words, where there is no room for the mark behind them.
std::string WithCutMark(std::string text, size_t columns) {
  while (ColumnsTaken(text) + 2 > columns && text.rfind(' ') != std::string::npos) {
    text.resize(text.rfind(' '));
  }
  return text + " …";
}

// first, then the words, wrapped; the last of most lines says if there is more.
StyledLines Wrapped(const std::string& first, const std::string& text, Style style, size_t columns,
                    size_t most) {
  StyledLines lines;
  const size_t indent = ColumnsTaken(first);
  const auto words = WrapWords(Screened(text), columns > indent + 10 ? columns - indent : columns);
  for (size_t i = 0; i < std::min(words.size(), most); ++i) {
    StyledLine line;
    if (i == 0) line.Add(first, kStrongStyle);
    const bool more = i + 1 == most && words.size() > most;
    const std::string part =
        more ? WithCutMark(words[i], columns - std::min(columns, indent)) : words[i];
    lines.push_back(line.PadTo(indent).Add(part, style).CutTo(columns));
  }
  return lines;
}

size_t LessonRows(ScreenSize size) {
  if (size.rows < kShortScreen) return 0;
  return size.rows < kTallScreen ? 2 : 5;
}

StyledLine TitleLine(const StepScreen& screen, size_t columns) {
  const v1::ProgramView& view = screen.view;
  StyledLine title(screen.subject, kStrongStyle);
  if (!screen.variant.empty()) title.Add(" ").Add(screen.variant, kStrongStyle);
  if (!screen.program.title().empty()) title.Add(absl::StrCat(": ", screen.program.title()));
  std::string where = absl::StrCat("step ", view.step());
  if (view.preemptions() > 0) {
    absl::StrAppend(&where, ", ", view.preemptions(),
                    view.preemptions() == 1 ? " preemption" : " preemptions");
  }
  const size_t taken = where.size() + 2;
  if (columns > taken) title.CutTo(columns - taken);
  title.PadTo(columns > where.size() ? columns - where.size() : 0);
  return title.Add(where).CutTo(columns);
}

// The end of a long schedule is what is looked at.
StyledLine ScheduleLine(const std::string& schedule, size_t columns) {
  StyledLine line("schedule ", kStrongStyle);
  const std::string text = Screened(schedule);
  const size_t room = columns > line.columns() ? columns - line.columns() : 0;
  const size_t taken = ColumnsTaken(text);
  if (taken <= room) return line.Add(text);
  return line.Add("…").Add(AfterColumns(text, taken - room + 1)).CutTo(columns);
}

Style StyleOf(Tone tone) {
  switch (tone) {
    case Tone::kStrong:
      return kStrongStyle;
    case Tone::kFaint:
      return kFaintStyle;
    case Tone::kGood:
      return kGoodStyle;
    case Tone::kWarning:
      return kWarningStyle;
    case Tone::kBad:
      return kBadStyle;
    case Tone::kPlain:
      break;
  }
  return kPlainStyle;
}

StyledLines VerdictPart(const StepScreen& screen, ScreenSize size) {
  const size_t most = size.rows < kShortScreen ? 1 : size.rows < kTallScreen ? 2 : 5;
  StyledLines lines;
  if (screen.view.has_verdict()) {
    const v1::ProgramVerdict& verdict = screen.view.verdict();
    Style style = verdict.failing() ? kBadStyle : kGoodStyle;
    style.reversed = verdict.failing();
    const std::string word = absl::StrCat(VerdictWord(verdict), " ");
    const std::string text = VerdictSentence(verdict);
    lines = Wrapped(word, text, style, size.columns, most);
  }
  return lines;
}

std::string StepKeys(const StepScreen& screen) {
  const int workers = screen.view.workers_size();
  if (workers == 0) return "";
  const std::string first = screen.view.workers(0).letter();
  if (workers == 1) return absl::StrCat(first, " step");
  const std::string between = workers == 2 ? " " : "-";
  return absl::StrCat(first, between, screen.view.workers(workers - 1).letter(), " step");
}

// In order of importance; what does not fit is in the help.
StyledLine KeyLine(const StepScreen& screen, size_t columns) {
  constexpr char kEnd[] = "h help  q quit";
  std::vector<std::string> hints = {StepKeys(screen), "space same", "u undo", "r reset"};
  if (!screen.found.empty()) hints.emplace_back("n next");
  hints.emplace_back(screen.view.verdict().failing() ? "? why" : "e find");
  if (screen.program.variants_size() > 1) hints.emplace_back("v variant");
  for (const char* each : {"f free", "w save", "arrows scroll", "tab next pane"}) {
    hints.emplace_back(each);
  }
  if (screen.help) hints.clear();
  StyledLine line;
  for (const std::string& hint : hints) {
    if (hint.empty()) continue;
    if (line.columns() + hint.size() + 2 + sizeof(kEnd) - 1 > columns) continue;
    const size_t space = hint.find(' ');
    const size_t key = hint.ends_with(" step") ? hint.size() - 5 : space;
    line.Add(hint.substr(0, key), kStrongStyle).Add(hint.substr(key), kFaintStyle).Add("  ");
  }
  line.Add("h", kStrongStyle).Add(screen.help ? " back  " : " help  ", kFaintStyle);
  return line.Add("q", kStrongStyle).Add(" quit", kFaintStyle).CutTo(columns);
}

}  // namespace

StyledLines HeaderLines(const StepScreen& screen, ScreenSize size) {
  StyledLines lines = {TitleLine(screen, size.columns).Reverse()};
  const v1::Program& program = screen.program;
  if (screen.help) return lines;  // which needs the room
  if (!program.lesson().empty()) {
    const StyledLines lesson =
        Wrapped("", program.lesson(), kFaintStyle, size.columns, LessonRows(size));
    lines.insert(lines.end(), lesson.begin(), lesson.end());
  }
  if (!program.goal().empty()) {
    StyledLines goal = Wrapped("goal ", program.goal(), kPlainStyle, size.columns, 1);
    if (screen.view.goal_reached()) {
      goal[0].CutTo(size.columns > 9 ? size.columns - 9 : 0).Add("  REACHED", kGoodStyle);
    }
    lines.insert(lines.end(), goal.begin(), goal.end());
  }
  return lines;
}

StyledLines FooterLines(const StepScreen& screen, ScreenSize size) {
  if (screen.help) return {KeyLine(screen, size.columns)};  // which needs the room
  StyledLines lines = {ScheduleLine(screen.view.schedule(), size.columns)};
  const StyledLines verdict = VerdictPart(screen, size);
  lines.insert(lines.end(), verdict.begin(), verdict.end());
  if (!screen.status.empty() || verdict.empty()) {
    const StyledLines status = Wrapped("", screen.status, StyleOf(screen.status_tone), size.columns,
                                       size.rows < kShortScreen ? 1 : 3);
    lines.insert(lines.end(), status.begin(), status.end());
  }
  lines.push_back(KeyLine(screen, size.columns));
  return lines;
}

StyledLines HelpLines(const StepScreen& screen, size_t columns) {
  struct Entry {
    const char* key;
    const char* text;
  };
  constexpr Entry kKeys[] = {
      {"A B ... 1 2", "this worker makes its next step: by capital letter, or by number"},
      {"space", "the worker that made the last step makes another"},
      {"u r", "undo: back by one step; reset: back to step 0"},
      {"v", "the next variant of this program, from its step 0"},
      {"e n ?", "find a schedule that fails; go along it; why this course failed"},
      {"f", "free run: all at once and at full speed, beside what you step"},
      {"w", "write the schedule to a file, below those that are there"},
      {"tab", "what the arrows scroll: program, objects, history"},
      {"arrows", "scroll, as page up, page down, home and end do; g scrolls back"},
      {"ctrl-l q", "draw the screen anew; quit, which prints the schedule"}};
  constexpr Entry kMarks[] = {
      {"AB> 14", "A and B stand before line 14; their next operations are underlined"},
      {">A", "A made the last step"},
      {"READY", "it can make a step; BLOCKED: another must let it; DONE: at its end"},
      {"#1=11", "what a statement that is not finished has worked out so far"},
      {"12 | ...", "an object as the lab knows it, and what the kernel says of it"},
      {"3!", "step 3 was a preemption: the worker before could have gone on"}};
  StyledLines lines;
  const auto add = [&](const std::string& title, const auto& entries) {
    lines.push_back(TitleRule(title, columns));
    for (const Entry& entry : entries) {
      StyledLine line(" ");
      line.Add(entry.key, kStrongStyle).PadTo(13).Add(entry.text);
      lines.push_back(line.CutTo(columns));
    }
  };
  // First: where not all fits, it is the one that nothing else here tells.
  if (!screen.program.question().empty()) {
    lines.push_back(TitleRule("question", columns));
    const StyledLines question = Wrapped(" ", screen.program.question(), kPlainStyle, columns, 4);
    lines.insert(lines.end(), question.begin(), question.end());
  }
  add("keys", kKeys);
  add("marks", kMarks);
  return lines;
}

}  // namespace ipclab::cli
