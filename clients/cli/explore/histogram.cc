#include "clients/cli/explore/histogram.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/explore/schedule_count.h"
#include "clients/cli/step/glyphs.h"

namespace ipclab::cli {
namespace {

constexpr size_t kBarIndent = 2;
constexpr size_t kBarGap = 2;
constexpr size_t kLeastName = 12;
constexpr size_t kLeastBar = 10;
constexpr size_t kMostBar = 40;
constexpr size_t kShare = 6;  // "<0.1%", "66.7%", ">99.9%"

struct HistogramRow {
  std::string name;
  absl::uint128 count = 0;
  bool counted = false;
  bool rest = false;
  std::string mark;  // of what fails
};

std::string ShownOutcome(const v1::ExploreOutcome& outcome) {
  const std::string name(absl::StripAsciiWhitespace(Screened(outcome.outcome())));
  return name.empty() ? "(nothing is observed)" : name;
}

std::string FailureMark(const v1::ExploreOutcome& outcome) {
  if (outcome.deadlocked()) return "DEADLOCK";
  return outcome.failing() ? "FAILS" : "";
}

bool IsDigit(char each) { return absl::ascii_isdigit(static_cast<unsigned char>(each)); }

// The digits at the beginning, without zeros before them.
std::string_view NumberAt(std::string_view text) {
  size_t end = 0;
  while (end < text.size() && IsDigit(text[end])) ++end;
  size_t zeros = 0;
  while (zeros + 1 < end && text[zeros] == '0') ++zeros;
  return text.substr(zeros, end - zeros);
}

// "counter=9" comes before "counter=10".
bool ComesBefore(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (IsDigit(a[0]) && IsDigit(b[0])) {
      const std::string_view left = NumberAt(a);
      const std::string_view right = NumberAt(b);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
      a.remove_prefix(static_cast<size_t>(left.end() - a.begin()));
      b.remove_prefix(static_cast<size_t>(right.end() - b.begin()));
      continue;
    }
    if (a[0] != b[0]) return a[0] < b[0];
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.size() < b.size();
}

// What the rows beyond the most frequent come to.
HistogramRow RestRow(const std::vector<v1::ExploreOutcome>& outcomes, size_t from) {
  HistogramRow rest = {.name = absl::StrCat(outcomes.size() - from, " more outcomes"),
                       .counted = true,
                       .rest = true,
                       .mark = ""};
  size_t failing = 0;
  for (size_t i = from; i < outcomes.size(); ++i) {
    const auto count = CountOf(outcomes[i].schedules());
    rest.counted = rest.counted && count;
    rest.count += count.value_or(0);
    if (outcomes[i].failing()) ++failing;
  }
  if (failing > 0) rest.mark = absl::StrCat(failing, failing == 1 ? " FAILS" : " FAIL");
  return rest;
}

std::vector<HistogramRow> HistogramRows(std::vector<v1::ExploreOutcome> outcomes, size_t most) {
  const auto by_name = [](const auto& a, const auto& b) {
    return ComesBefore(a.outcome(), b.outcome());
  };
  std::stable_sort(outcomes.begin(), outcomes.end(), by_name);
  size_t shown = outcomes.size();
  if (shown > most) {
    shown = most;
    std::stable_sort(outcomes.begin(), outcomes.end(), [](const auto& a, const auto& b) {
      return CountOf(a.schedules()).value_or(0) > CountOf(b.schedules()).value_or(0);
    });
    std::stable_sort(outcomes.begin(), outcomes.begin() + static_cast<std::ptrdiff_t>(shown),
                     by_name);
  }
  std::vector<HistogramRow> rows;
  for (size_t i = 0; i < shown; ++i) {
    const auto count = CountOf(outcomes[i].schedules());
    rows.push_back({.name = ShownOutcome(outcomes[i]),
                    .count = count.value_or(0),
                    .counted = count.has_value(),
                    .rest = false,
                    .mark = FailureMark(outcomes[i])});
  }
  if (shown < outcomes.size()) rows.push_back(RestRow(outcomes, shown));
  return rows;
}

// How wide the columns are.
struct HistogramColumns {
  size_t name = 0;
  size_t bar = 0;  // 0: there are none
  size_t count = 0;
  size_t mark = 0;
};

HistogramColumns ColumnsFor(const std::vector<HistogramRow>& rows, bool bars, size_t width) {
  HistogramColumns layout;
  for (const HistogramRow& row : rows) {
    layout.name = std::max(layout.name, ColumnsTaken(row.name));
    if (row.counted) layout.count = std::max(layout.count, Grouped(DigitsOf(row.count)).size());
    layout.mark = std::max(layout.mark, row.mark.size());
  }
  const size_t figures =
      (layout.count > 0 ? kBarGap + layout.count + (bars ? kBarGap + kShare : 0) : 0) +
      (layout.mark > 0 ? kBarGap + layout.mark : 0);
  if (width == 0) {
    layout.bar = bars ? kMostBar : 0;
    return layout;
  }
  const size_t room = width > kBarIndent + figures ? width - kBarIndent - figures : 0;
  const size_t for_bar = bars && room >= kLeastName + kBarGap + kLeastBar ? kBarGap + kLeastBar : 0;
  layout.name = std::min(layout.name, room - std::min(room, for_bar));
  if (for_bar > 0) layout.bar = std::min(kMostBar, room - layout.name - kBarGap);
  return layout;
}

std::string FilledUp(const std::string& text, size_t columns) {
  const size_t taken = ColumnsTaken(text);
  return taken < columns ? text + std::string(columns - taken, ' ') : text;
}

std::string ToTheRight(const std::string& text, size_t columns) {
  return text.size() < columns ? std::string(columns - text.size(), ' ') + text : text;
}

std::string CutName(const std::string& name, size_t columns, Glyphs glyphs) {
  if (ColumnsTaken(name) <= columns) return name;
  const std::string mark = glyphs == Glyphs::kBlocks ? "…" : "~";
  return FirstColumns(name, columns > 0 ? columns - 1 : 0) + mark;
}

std::string HistogramLine(const HistogramRow& row, const HistogramColumns& layout,
                          absl::uint128 whole, Glyphs glyphs, const Terminal& terminal) {
  const Tone tone = row.rest ? Tone::kFaint : row.mark.empty() ? Tone::kPlain : Tone::kBad;
  std::string line =
      std::string(kBarIndent, ' ') + FilledUp(CutName(row.name, layout.name, glyphs), layout.name);
  if (layout.bar > 0) {
    const std::string bar = ShareBar(ShareOf(row.count, whole), layout.bar, glyphs);
    absl::StrAppend(&line, std::string(kBarGap, ' '), FilledUp(row.counted ? bar : "", layout.bar));
  }
  if (layout.count > 0) {
    const std::string count = row.counted ? Grouped(DigitsOf(row.count)) : "-";
    absl::StrAppend(&line, std::string(kBarGap, ' '), ToTheRight(count, layout.count));
    if (whole > 0) {
      const std::string share = row.counted ? ShareText(row.count, whole) : "-";
      absl::StrAppend(&line, std::string(kBarGap, ' '), ToTheRight(share, kShare));
    }
  }
  if (!row.mark.empty()) absl::StrAppend(&line, std::string(kBarGap, ' '), row.mark);
  return terminal.Paint(tone, std::string(absl::StripTrailingAsciiWhitespace(line)));
}

}  // namespace

std::vector<std::string> HistogramLines(const std::vector<v1::ExploreOutcome>& outcomes,
                                        absl::uint128 whole, const HistogramForm& form,
                                        const Terminal& terminal) {
  std::vector<HistogramRow> rows = HistogramRows(outcomes, form.most);
  if (whole == 0) {
    for (HistogramRow& row : rows) row.counted = false;
  }
  const bool bars =
      std::any_of(rows.begin(), rows.end(), [](const HistogramRow& row) { return row.counted; });
  const HistogramColumns layout =
      ColumnsFor(rows, bars, terminal.width > 0 ? terminal.width - 1 : 0);
  std::vector<std::string> lines;
  for (const HistogramRow& row : rows) {
    lines.push_back(HistogramLine(row, layout, bars ? whole : 0, form.glyphs, terminal));
  }
  return lines;
}

std::string ShareBar(double share, size_t columns, Glyphs glyphs) {
  constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double filled = std::clamp(share, 0.0, 1.0) * static_cast<double>(columns);
  std::string bar;
  if (glyphs == Glyphs::kAscii) {
    bar.assign(static_cast<size_t>(std::lround(filled)), '#');
    return bar.empty() && share > 0 ? "|" : bar;
  }
  const auto eighths = static_cast<size_t>(std::lround(filled * 8));
  for (size_t i = 0; i < eighths / 8; ++i) bar += "█";
  bar += kEighths[eighths % 8];
  return bar.empty() && share > 0 ? kEighths[1] : bar;
}

}  // namespace ipclab::cli
