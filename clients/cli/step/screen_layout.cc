#include "clients/cli/step/screen_layout.h"

#include <algorithm>

#include "clients/cli/step/glyphs.h"
#include "clients/cli/step/screen_frame.h"
#include "clients/cli/step/side_panes.h"
#include "clients/cli/step/source_pane.h"

namespace ipclab::cli {
namespace {

constexpr size_t kLeastColumns = 40;
constexpr size_t kLeastRows = 12;
constexpr size_t kTwoPanes = 72;     // columns from which on text and lanes stand side by side
constexpr size_t kThreePanes = 150;  // and the history beside them
constexpr size_t kSideColumns = 37;  // the least for lanes and objects
constexpr char kBorder[] = " │ ";
constexpr size_t kBorderColumns = 3;

StyledLines TooSmall(ScreenSize size) {
  StyledLines lines;
  for (const char* text : {"This terminal is too small:", "40 x 12 at least.", "q quits"}) {
    if (lines.size() < size.rows) lines.push_back(StyledLine(text).CutTo(size.columns));
  }
  return lines;
}

StyledLines Beside(const StyledLines& left, size_t left_columns, const StyledLines& right,
                   size_t rows) {
  StyledLines lines(rows);
  for (size_t i = 0; i < rows; ++i) {
    if (i < left.size()) lines[i].Add(left[i]);
    lines[i].PadTo(left_columns).Add(kBorder, kFaintStyle);
    if (i < right.size()) lines[i].Add(right[i]);
  }
  return lines;
}

StyledLines TitledSource(const StepScreen& screen, size_t columns, size_t rows, Scrolls& scrolls) {
  if (rows < 2) return {};
  StyledLines lines = {TitleRule("program", columns, screen.pane == Pane::kText)};
  const StyledLines text = SourceLines(screen, columns, rows - 1, scrolls);
  lines.insert(lines.end(), text.begin(), text.end());
  return lines;
}

// Text above, lanes and the rest below it.
StyledLines OneColumn(const StepScreen& screen, ScreenSize body, Scrolls& scrolls) {
  const size_t text_rows = body.rows / 3;
  StyledLines lines = TitledSource(screen, body.columns, text_rows, scrolls);
  const StyledLines rest =
      SidePanes(screen, {body.columns, body.rows - lines.size()}, kAllParts, scrolls);
  lines.insert(lines.end(), rest.begin(), rest.end());
  return lines;
}

StyledLines TwoColumns(const StepScreen& screen, ScreenSize body, Scrolls& scrolls) {
  const size_t most = body.columns - kSideColumns - kBorderColumns;
  const size_t half = body.columns / 2;
  const size_t text = std::min({std::max(SourceColumns(screen), half), half + half / 10, most});
  const StyledLines left = TitledSource(screen, text, body.rows, scrolls);
  const StyledLines right =
      SidePanes(screen, {body.columns - text - kBorderColumns, body.rows}, kAllParts, scrolls);
  return Beside(left, text, right, body.rows);
}

StyledLines ThreeColumns(const StepScreen& screen, ScreenSize body, Scrolls& scrolls) {
  const size_t third = body.columns / 3;
  const size_t text = std::clamp<size_t>(SourceColumns(screen), 48, third + 10);
  const size_t lanes = (body.columns - text - 2 * kBorderColumns) / 2;
  const size_t history = body.columns - text - lanes - 2 * kBorderColumns;
  const StyledLines left = TitledSource(screen, text, body.rows, scrolls);
  const StyledLines middle = SidePanes(screen, {lanes, body.rows}, kStandingParts, scrolls);
  const StyledLines right = SidePanes(screen, {history, body.rows}, kPassingParts, scrolls);
  return Beside(Beside(left, text, middle, body.rows), text + kBorderColumns + lanes, right,
                body.rows);
}

StyledLines BodyLines(const StepScreen& screen, ScreenSize body, Scrolls& scrolls) {
  if (screen.help) return HelpLines(screen, body.columns);
  if (body.columns < kTwoPanes) return OneColumn(screen, body, scrolls);
  return body.columns < kThreePanes ? TwoColumns(screen, body, scrolls)
                                    : ThreeColumns(screen, body, scrolls);
}

}  // namespace

ScreenPage LayOut(const StepScreen& screen, ScreenSize size) {
  ScreenPage page = {.lines = {}, .scrolls = screen.scrolls};
  if (size.columns < kLeastColumns || size.rows < kLeastRows) {
    page.lines = TooSmall(size);
    page.lines.resize(size.rows);
    return page;
  }
  page.lines = HeaderLines(screen, size);
  const StyledLines footer = FooterLines(screen, size);
  const size_t taken = page.lines.size() + footer.size();
  const size_t rows = size.rows > taken ? size.rows - taken : 0;
  StyledLines body = BodyLines(screen, {size.columns, rows}, page.scrolls);
  body.resize(rows);
  page.lines.insert(page.lines.end(), body.begin(), body.end());
  page.lines.insert(page.lines.end(), footer.begin(), footer.end());
  page.lines.resize(size.rows);
  for (StyledLine& line : page.lines) line.CutTo(size.columns);
  return page;
}

}  // namespace ipclab::cli
