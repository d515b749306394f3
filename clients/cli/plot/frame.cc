#include "clients/cli/plot/frame.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "clients/cli/plot/labels.h"
#include "clients/cli/plot/style.h"

namespace ipclab::plot {
namespace {

constexpr double kLeast = 0.01;  // on a logarithmic axis: no figure of a message is less

constexpr double kAxisLeft = 92;
constexpr double kAxisRight = 744;
constexpr double kNumberGap = 10;   // between two numbers of an axis
constexpr double kLegendLine = 18;  // from one entry to the next
constexpr double kNoteLine = 14;
constexpr size_t kMostLegendLines = 4;
constexpr double kSwatch = 24;
constexpr double kBeforeAxis = 60;  // the first number may begin so far left of the axis

void DrawMark(Svg& svg, Mark mark, const std::string& style, double left, double middle) {
  switch (mark) {
    case Mark::kLine:
      return svg.Line({left, middle}, {left + kSwatch, middle}, style);
    case Mark::kBox:
      return svg.Box({left, middle - 6, kSwatch, 12}, style);
    case Mark::kDot:
      return svg.Circle({left + kSwatch / 2, middle}, 4.5, style);
    case Mark::kTick:
      return svg.Line({left + kSwatch / 2, middle - 7}, {left + kSwatch / 2, middle + 7}, style);
  }
}

// A text of the legend, broken where it is long. Nobody reads more than a few lines of it.
std::vector<std::string> LegendLines(const std::string& text, double size) {
  constexpr double kRoom = kPageWidth - kMargin - kLegendLeft - kSwatch - 8;
  if (text.empty()) return {};
  std::vector<std::string> lines = BreakText(text, size, kRoom);
  if (lines.size() > kMostLegendLines) {
    lines.resize(kMostLegendLines);
    lines.back() += " ...";
  }
  for (std::string& line : lines) line = FitText(line, size, kRoom);
  return lines;
}

bool IsDecade(double value) {
  const double power = std::log10(value);
  return std::abs(power - std::round(power)) < 1e-6;
}

// True when the numbers of a logarithmic axis touch each other: then only those of decades stand.
bool Crowded(const Frame& frame, const Axis& x) {
  if (!x.scale.logarithmic) return false;
  double taken = frame.area().left - kBeforeAxis;
  int decades = 0;
  bool touch = false;
  for (const Tick& tick : x.ticks) {
    if (tick.label.empty()) continue;
    const double half = TextWidth(tick.label, kLabelSize) / 2;
    touch = touch || frame.X(tick.at) - half < taken + kNumberGap;
    taken = frame.X(tick.at) + half;
    decades += IsDecade(tick.at) ? 1 : 0;
  }
  return touch && decades > 1;
}

}  // namespace

Axis ValueAxis(const Range& range, Unit unit, bool from_zero, const std::string& title) {
  const Scale scale = RoundScale(range, from_zero, kLeast);
  if (scale.logarithmic) return LogAxis(range, unit, title);
  return {scale, TicksOf(scale, unit), title};
}

Axis LogAxis(const Range& range, Unit unit, const std::string& title) {
  const Scale scale = LogScale(range, kLeast);
  return {scale, TicksOf(scale, unit), absl::StrCat(title, ", logarithmic")};
}

void Frame::Draw(Svg& svg) const {
  DrawX(svg);
  DrawY(svg);
}

void Frame::DrawX(Svg& svg) const {
  const bool crowded = Crowded(*this, x_);
  double taken = area_.left - kBeforeAxis;
  for (const Tick& tick : x_.ticks) {
    const double x = X(tick.at);
    svg.Line({x, area_.top}, {x, area_.bottom()}, tick.label.empty() ? "minor" : "grid");
    const double half = TextWidth(tick.label, kLabelSize) / 2;
    if (tick.label.empty() || x - half < taken + kNumberGap) continue;
    if (crowded && !IsDecade(tick.at)) continue;
    taken = x + half;
    svg.Line({x, area_.bottom()}, {x, area_.bottom() + 5}, "axis");
    svg.Text({x, area_.bottom() + 19}, tick.label, {.anchor = Anchor::kMiddle});
  }
  svg.Line({area_.left, area_.bottom()}, {area_.right(), area_.bottom()}, "axis");
  if (x_.title.empty()) return;
  svg.Text({area_.left + area_.width / 2, area_.bottom() + 39}, x_.title,
           {.anchor = Anchor::kMiddle});
}

void Frame::DrawY(Svg& svg) const {
  double taken = area_.bottom() + 60;
  for (const Tick& tick : y_.ticks) {
    const double y = Y(tick.at);
    svg.Line({area_.left, y}, {area_.right(), y}, tick.label.empty() ? "minor" : "grid");
    if (tick.label.empty() || y > taken - kLabelSize) continue;
    taken = y;
    svg.Line({area_.left - 5, y}, {area_.left, y}, "axis");
    svg.Text({area_.left - 9, y + 4}, tick.label, {.anchor = Anchor::kEnd});
  }
  svg.Line({area_.left, area_.top}, {area_.left, area_.bottom()}, "axis");
  if (y_.title.empty()) return;
  svg.Text({kMargin + 8, area_.top + area_.height / 2}, y_.title,
           {.anchor = Anchor::kMiddle, .upwards = true});
}

double DrawHeadline(Svg& svg, const std::string& title, const std::string& note) {
  double bottom = kTitleSize;
  svg.Text({kMargin, bottom}, title, {.style = "title"});
  for (const std::string& line : BreakText(note, kSmallSize, kPageWidth - 2 * kMargin)) {
    bottom += kNoteLine + 3;
    svg.Text({kMargin, bottom}, line, {.style = "note"});
  }
  return bottom + 20;
}

double DrawNotes(Svg& svg, double left, double top, const std::vector<std::string>& notes) {
  double height = 0;
  for (const std::string& note : notes) {
    for (const std::string& line : BreakText(note, kSmallSize, kPageWidth - kMargin - left)) {
      height += kNoteLine;
      svg.Text({left, top + height}, line, {.style = "note"});
    }
  }
  return height;
}

double DrawLegend(Svg& svg, double from, const std::vector<LegendEntry>& entries) {
  double top = from;
  for (const LegendEntry& entry : entries) {
    DrawMark(svg, entry.mark, entry.style, kLegendLeft, top + kLegendLine / 2);
    const double left = kLegendLeft + kSwatch + 8;
    for (const std::string& line : LegendLines(entry.text, kLabelSize)) {
      svg.Text({left, top + kLegendLine / 2 + 4}, line, {});
      top += kLegendLine - 2;
    }
    top += 2;
    for (const std::string& line : LegendLines(entry.note, kSmallSize)) {
      svg.Text({left, top + kNoteLine / 2 + 2}, line, {.style = "note"});
      top += kNoteLine;
    }
    top += entry.note.empty() ? 0 : 2;
  }
  return top - from;
}

void DrawLegendRow(Svg& svg, Point at, const std::vector<LegendEntry>& entries) {
  double left = at.x;
  for (const LegendEntry& entry : entries) {
    DrawMark(svg, entry.mark, entry.style, left, at.y);
    left += kSwatch + 8;
    svg.Text({left, at.y + 4}, entry.text, {});
    left += TextWidth(entry.text, kLabelSize) + kSwatch;
  }
}

double LegendHeight(const std::vector<LegendEntry>& entries) {
  double height = 0;
  for (const LegendEntry& entry : entries) {
    const auto lines = static_cast<double>(LegendLines(entry.text, kLabelSize).size());
    const auto notes = static_cast<double>(LegendLines(entry.note, kSmallSize).size());
    height += lines * (kLegendLine - 2) + 2 + notes * kNoteLine + (entry.note.empty() ? 0 : 2);
  }
  return height;
}

Rect PlotArea(double top, double height) {
  return {kAxisLeft, top, kAxisRight - kAxisLeft, height};
}

}  // namespace ipclab::plot
