#include "clients/cli/step/source_pane.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/cli/step/glyphs.h"

namespace ipclab::cli {
namespace {

constexpr size_t kMostLetters = 4;

std::vector<std::string> TextLines(const v1::Program& program) {
  std::vector<std::string> lines = absl::StrSplit(program.source(), '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

bool StandsSomewhere(const v1::ProgramWorker& worker) {
  return worker.span().line() > 0 && worker.state() != v1::ProgramWorker::DONE;
}

// The columns beside the text: letters, an arrow, the line's number.
struct Gutter {
  size_t letters;
  size_t digits;

  size_t columns() const { return letters + 1 + digits + 1; }
};

Gutter GutterOf(const StepScreen& screen, size_t lines) {
  const auto workers = static_cast<size_t>(screen.view.workers_size());
  return {std::clamp<size_t>(workers, 1, kMostLetters), absl::StrCat(lines).size()};
}

using WorkersAtLine = std::multimap<size_t, const v1::ProgramWorker*>;

WorkersAtLine WorkersByLine(const v1::ProgramView& view) {
  WorkersAtLine found;
  for (const v1::ProgramWorker& worker : view.workers()) {
    if (StandsSomewhere(worker)) {
      found.emplace(static_cast<size_t>(worker.span().line()), &worker);
    }
  }
  return found;
}

StyledLine GutterLine(const Gutter& gutter, size_t number, const WorkersAtLine& workers) {
  StyledLine letters;
  const auto [begin, end] = workers.equal_range(number);
  size_t left = static_cast<size_t>(std::distance(begin, end));
  size_t room = gutter.letters;
  for (auto each = begin; each != end; ++each, --left, --room) {
    if (room == 1 && left > 1) {
      letters.Add("+", kStrongStyle);
      break;
    }
    letters.Add(each->second->letter(), WorkerStyle(each->second->letter()));
  }
  StyledLine line;
  line.PadTo(gutter.letters - letters.columns()).Add(letters);
  line.Add(begin == end ? " " : ">", kStrongStyle);
  const std::string digits = absl::StrCat(number);
  line.PadTo(gutter.letters + 1 + gutter.digits - digits.size()).Add(digits, kFaintStyle);
  return line.Add(" ");
}

// Where on its line an operation begins and ends, in bytes.
std::pair<size_t, size_t> BytesOf(const v1::SourceSpan& span, size_t length) {
  const auto begin = static_cast<size_t>(std::max(1, span.column())) - 1;
  const bool goes_on = span.end_line() > span.line();
  const size_t end = goes_on ? length : static_cast<size_t>(std::max(1, span.end_column())) - 1;
  return {std::min(begin, length), std::min(std::max(end, begin), length)};
}

// A byte of UTF-8 that is not the first of its character.
bool Continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

// The text with every worker's next operation marked; where they overlap the first worker's mark is
// seen.
StyledLine MarkedText(const std::string& text, size_t number, const WorkersAtLine& workers) {
  std::vector<Style> styles(text.size());
  if (text.find_first_not_of(" \t") != std::string::npos &&
      text[text.find_first_not_of(" \t")] == '#') {
    styles.assign(text.size(), kFaintStyle);
  }
  const auto [begin, end] = workers.equal_range(number);
  for (auto each = end; each != begin;) {
    --each;
    const auto [from, to] = BytesOf(each->second->span(), text.size());
    Style style = WorkerStyle(each->second->letter());
    style.underlined = true;
    std::fill(styles.begin() + static_cast<std::ptrdiff_t>(from),
              styles.begin() + static_cast<std::ptrdiff_t>(to), style);
  }
  StyledLine line;
  for (size_t from = 0; from < text.size();) {
    size_t to = from + 1;
    // A mark that begins inside a character is for the whole of it.
    while (to < text.size() && (styles[to] == styles[from] || Continues(text[to]))) ++to;
    line.Add(std::string_view(text).substr(from, to - from), styles[from]);
    from = to;
  }
  return line;
}

// The first line to show so that the workers are in sight, above all the one that moved last.
size_t TopFor(const StepScreen& screen, const WorkersAtLine& workers, size_t lines, size_t rows) {
  if (lines <= rows) return 0;
  size_t first = 0;
  size_t last = 0;
  if (!workers.empty()) {
    first = workers.begin()->first;
    last = workers.rbegin()->first;
  }
  const v1::ProgramWorker* moved = FindWorker(screen.view, screen.last);
  if (last - first >= rows && moved && StandsSomewhere(*moved)) {
    first = last = static_cast<size_t>(moved->span().line());
  }
  if (workers.empty() && !screen.history.empty()) {
    first = last = static_cast<size_t>(std::max(0, screen.history.back().span().line()));
  }
  if (last - first >= rows) last = first;
  const size_t middle = (first + last) / 2;
  const size_t top = middle > rows / 2 ? middle - rows / 2 : 0;
  return std::min(top, lines - rows);
}

// The columns that must go at the left so that what is marked on this line is seen.
size_t HiddenBefore(const std::string& text, size_t number, const WorkersAtLine& workers,
                    size_t room) {
  size_t begin = text.size();
  size_t end = 0;
  const auto [first, last] = workers.equal_range(number);
  for (auto each = first; each != last; ++each) {
    const auto [from, to] = BytesOf(each->second->span(), text.size());
    begin = std::min(begin, from);
    end = std::max(end, to);
  }
  const size_t columns = ColumnsTaken(Screened(std::string_view(text).substr(0, end)));
  if (first == last || columns < room) return 0;
  // One more for the mark that something is missing, and one for what is behind.
  return std::min(columns - room + 2,
                  ColumnsTaken(Screened(std::string_view(text).substr(0, begin))));
}

}  // namespace

size_t SourceColumns(const StepScreen& screen) {
  const std::vector<std::string> lines = TextLines(screen.program);
  size_t widest = 0;
  for (const std::string& line : lines) widest = std::max(widest, ColumnsTaken(Screened(line)));
  return GutterOf(screen, lines.size()).columns() + widest;
}

StyledLines SourceLines(const StepScreen& screen, size_t columns, size_t rows, Scrolls& scrolls) {
  const std::vector<std::string> lines = TextLines(screen.program);
  const WorkersAtLine workers = WorkersByLine(screen.view);
  const Gutter gutter = GutterOf(screen, lines.size());
  const auto by_itself = static_cast<int>(TopFor(screen, workers, lines.size(), rows));
  const int lowest =
      static_cast<int>(lines.size()) - static_cast<int>(std::min(rows, lines.size()));
  scrolls.text = std::clamp(by_itself + scrolls.text, 0, lowest) - by_itself;
  const size_t widest = SourceColumns(screen);
  const int most = widest > columns ? static_cast<int>(widest - columns) : 0;
  scrolls.text_columns = std::clamp(scrolls.text_columns, 0, most);

  StyledLines shown;
  const auto top = static_cast<size_t>(by_itself + scrolls.text);
  for (size_t i = top; i < std::min(lines.size(), top + rows); ++i) {
    StyledLine text = MarkedText(lines[i], i + 1, workers);
    StyledLine line = GutterLine(gutter, i + 1, workers);
    const size_t room = columns - std::min(columns, gutter.columns());
    const size_t hidden = HiddenBefore(lines[i], i + 1, workers, room);
    if (scrolls.text_columns > 0) {
      text.DropColumns(static_cast<size_t>(scrolls.text_columns));
    } else if (hidden > 0) {
      text.DropColumns(hidden);
      line.Add("…", kFaintStyle);
    }
    shown.push_back(line.Add(text).CutTo(columns));
  }
  return shown;
}

}  // namespace ipclab::cli
