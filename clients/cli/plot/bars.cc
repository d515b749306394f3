// Bars: what a message takes, and beside it what it costs: a mechanism that spins may be fast and
// dear. Where values are decades apart, dots on a logarithmic axis, which has no 0 for bars to
// stand on.

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/plot/figure.h"
#include "clients/cli/plot/frame.h"
#include "clients/cli/plot/labels.h"
#include "clients/cli/plot/picture.h"
#include "clients/cli/plot/rows.h"
#include "clients/cli/plot/style.h"
#include "clients/cli/units.h"

namespace ipclab::plot {
namespace {

constexpr double kBarHeight = 12;
constexpr double kFigureLeft = kMargin + kNamesWidth + 12;
constexpr double kFigureWidth = 244;
constexpr double kFigureText = kFigureLeft + kFigureWidth + 10;
constexpr double kCostLeft = kFigureText + 78;
constexpr double kCostWidth = 130;
constexpr double kCostText = kCostLeft + kCostWidth + 10;
constexpr double kLastText = kCostText + 58;
constexpr double kLastWidth = kPageWidth - kMargin - kLastText;
constexpr double kReferenceLine = 13;
constexpr size_t kMostReferenceLines = 3;

struct Bar {
  std::optional<double> value = {};
  std::optional<Interval> interval = {};
  std::optional<double> p99 = {};
  std::string text = {};  // beside it
  std::string note = {};  // below that
};

std::optional<Interval> Bounds(const Item& item, const std::string& figure) {
  const auto found = item.intervals.find(figure);
  return found == item.intervals.end() ? std::nullopt : std::make_optional(found->second);
}

std::vector<Bar> FigureBars(const Drawable& items, const Figure& figure) {
  std::vector<Bar> bars;
  for (const Item* item : items) {
    Bar bar = {.value = figure.Of(*item), .interval = figure.IntervalOf(*item)};
    bar.text = bar.value ? figure.Text(*bar.value) : "-";
    if (figure.latency && item->p99) {
      bar.p99 = item->p99;
      bar.note = absl::StrCat("p99 ", cli::NanosText(*item->p99));
    }
    bars.push_back(std::move(bar));
  }
  return bars;
}

std::vector<Bar> CostBars(const Drawable& items) {
  std::vector<Bar> bars;
  for (const Item* item : items) {
    const std::optional<double> cost = item->cpu_nanos_per_message;
    bars.push_back({.value = cost,
                    .interval = Bounds(*item, "cpuNanosPerMessage"),
                    .text = cost ? cli::NanosText(*cost) : "-"});
  }
  return bars;
}

Range RangeOf(const std::vector<Bar>& bars) {
  Range range;
  for (const Bar& bar : bars) {
    range.Add(bar.value);
    range.Add(bar.p99);
    if (bar.interval) {
      range.Add(bar.interval->low);
      range.Add(bar.interval->high);
    }
  }
  return range;
}

void DrawBar(Svg& svg, const Frame& frame, const Bar& bar, bool dots, double middle,
             const std::string& colour) {
  if (!bar.value) return;
  const double left = frame.area().left;
  const double right = frame.X(*bar.value);
  if (dots) {
    svg.Line({left, middle}, {right, middle}, "axis");
    svg.Circle({right, middle}, 5, colour);
  } else {
    svg.Box({left, middle - kBarHeight / 2, right - left, kBarHeight}, colour);
  }
  if (bar.p99) {
    const double at = frame.X(*bar.p99);
    svg.Line({at, middle - 8}, {at, middle + 8}, "line s1");
  }
  if (!bar.interval) return;
  const double low = frame.X(bar.interval->low);
  const double high = frame.X(bar.interval->high);
  svg.Line({low, middle}, {high, middle}, "whisker");
  for (const double end : {low, high}) svg.Line({end, middle - 5}, {end, middle + 5}, "whisker");
}

// A panel of bars with their numbers on the right.
void DrawPanel(Svg& svg, const ItemRows& rows, const Rect& area, const std::vector<Bar>& bars,
               Unit unit, const std::string& title, const std::string& colour) {
  const Axis axis = ValueAxis(RangeOf(bars), unit, true, title);
  const Frame frame(area, axis, {});
  frame.DrawX(svg);
  for (size_t i = 0; i < bars.size(); ++i) {
    const double middle = rows.Middle(i);
    DrawBar(svg, frame, bars[i], axis.scale.logarithmic, middle, colour);
    const double lift = bars[i].note.empty() ? 4 : -2;
    svg.Text({area.right() + 10, middle + lift}, bars[i].text, {});
    if (bars[i].note.empty()) continue;
    svg.Text({area.right() + 10, middle + 12}, bars[i].note, {.style = "note"});
  }
}

// What is said of an item in the last column: how it compares, or how many times the bare hand-over
// of a cache line it takes.
struct LastWord {
  std::string text;
  std::string note;
};

// Three digits at least: "0.0123", "1.00", "384".
std::string RatioText(double ratio) {
  if (ratio > 0 && ratio < 1) return absl::StrFormat("%#.3g", ratio);
  return absl::StrFormat("%.*f", ratio >= 100 ? 0 : ratio >= 10 ? 1 : 2, ratio);
}

std::string TimesText(double ratio) { return absl::StrCat(RatioText(ratio), " x"); }

// What is compared, which need not be what the bars are: "p99", "rate".
std::string NameOfFigure(const std::string& key) {
  if (key == "messagesPerSecond") return "rate";
  if (key == "cpuNanosPerMessage") return "CPU time";
  return key;
}

LastWord WordOn(const Comparison& comparison) {
  LastWord word = {comparison.ratio ? TimesText(*comparison.ratio) : "-",
                   Words(comparison.verdict)};
  if (const auto& bounds = comparison.ratio_interval) {
    absl::StrAppend(&word.text, " [", RatioText(bounds->low), ", ", RatioText(bounds->high), "]");
  }
  if (!comparison.figure.empty()) {
    word.note = absl::StrCat(NameOfFigure(comparison.figure), ": ", word.note);
  }
  return word;
}

LastWord LastWordOf(const Item& item, bool compared) {
  if (item.comparison) return WordOn(*item.comparison);
  if (compared) return {"reference", ""};
  if (item.times_control) return {absl::StrCat(TimesText(*item.times_control), " control"), ""};
  return {};
}

// "against pipe 64 B", in as many lines as it takes; none where nothing is compared. Results of
// several runs may have a reference each.
std::vector<std::string> ReferenceLines(const Drawable& items) {
  std::set<std::string> references;
  for (const Item* item : items) {
    if (item->comparison) references.insert(item->comparison->to);
  }
  if (references.empty()) return {};
  const std::string name = references.size() == 1 ? *references.begin() : "each run's reference";
  std::vector<std::string> lines = BreakText("against " + name, kSmallSize, kLastWidth);
  if (lines.size() > kMostReferenceLines) {
    lines.resize(kMostReferenceLines);
    lines.back() += " ...";
  }
  for (std::string& line : lines) line = FitText(line, kSmallSize, kLastWidth);
  return lines;
}

void DrawLastColumn(Svg& svg, const ItemRows& rows, const Drawable& items,
                    const std::vector<std::string>& reference, double top) {
  for (const std::string& line : reference) {
    svg.Text({kLastText, top}, line, {.style = "note"});
    top += kReferenceLine;
  }
  for (size_t i = 0; i < items.size(); ++i) {
    const LastWord word = LastWordOf(*items[i], !reference.empty());
    const double lift = word.note.empty() ? 4 : -2;
    svg.Text({kLastText, rows.Middle(i) + lift}, FitText(word.text, kLabelSize, kLastWidth), {});
    if (word.note.empty()) continue;
    svg.Text({kLastText, rows.Middle(i) + 12}, FitText(word.note, kSmallSize, kLastWidth),
             {.style = "note"});
  }
}

void DrawBarsLegend(Svg& svg, const Figure& figure, const std::vector<Bar>& bars, double middle) {
  std::vector<LegendEntry> legend = {
      {Mark::kBox, "f0", figure.latency ? "p50" : "rate"},
      {Mark::kBox, "f2", "CPU time"},
      {Mark::kLine, "whisker", "95% interval over trials"},
  };
  const bool any_p99 =
      std::any_of(bars.begin(), bars.end(), [](const Bar& bar) { return bar.p99.has_value(); });
  if (any_p99) legend.push_back({Mark::kTick, "line s1", "p99"});
  DrawLegendRow(svg, {kFigureLeft, middle}, legend);
}

Drawing DrawBars(const Drawable& items) {
  Drawing drawing = {.name = "Latency and cost"};
  Svg& svg = drawing.content;
  const Figure figure = FigureFor(items);
  const std::vector<Bar> figures = FigureBars(items, figure);
  const std::vector<Bar> costs = CostBars(items);
  const double top = DrawHeadline(
      svg, drawing.name,
      "CPU time is that of all workers together, for one message: what waiting by spinning costs "
      "is in it. Dots stand for bars where the axis is logarithmic.");
  DrawBarsLegend(svg, figure, figures, top);
  const std::vector<std::string> reference = ReferenceLines(items);
  const size_t more_lines = reference.empty() ? 0 : reference.size() - 1;
  const ItemRows rows(items, top + 18 + static_cast<double>(more_lines) * kReferenceLine);
  rows.Draw(svg);
  DrawPanel(svg, rows, rows.Panel(kFigureLeft, kFigureWidth), figures, figure.unit(),
            figure.Title(items), "f0");
  DrawPanel(svg, rows, rows.Panel(kCostLeft, kCostWidth), costs, Unit::kNanos,
            "CPU time per message", "f2");
  DrawLastColumn(svg, rows, items, reference, top + 12);
  for (size_t i = 0; i < items.size(); ++i) {
    absl::StrAppend(&drawing.description, items[i]->label, ": ", figures[i].text, ", CPU ",
                    costs[i].text);
    if (const auto& comparison = items[i]->comparison) {
      const LastWord word = WordOn(*comparison);
      absl::StrAppend(&drawing.description, ", ", word.text, " against ", comparison->to, ", ",
                      word.note);
    }
    absl::StrAppend(&drawing.description, ". ");
  }
  drawing.height = rows.bottom() + 52;
  return drawing;
}

}  // namespace

const Picture kBars = {
    .kind = "bars",
    .needs =
        "a median latency or a rate, which `ipclab measure --json` prints for what was "
        "measured to its end",
    .can_draw = [](const Item& item) { return item.p50 || item.messages_per_second; },
    .draw = DrawBars,
};

}  // namespace ipclab::plot
