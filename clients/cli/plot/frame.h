// The parts that most pictures have: a headline, axes with a grid, and a legend beside them.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "clients/cli/plot/scale.h"
#include "clients/cli/plot/svg.h"
#include "clients/cli/plot/ticks.h"

namespace ipclab::plot {

struct Axis {
  Scale scale;
  std::vector<Tick> ticks;
  std::string title;  // with the unit; may be empty
};

// An axis for the range, its ticks readable and its ends round. A logarithmic one says so.
Axis ValueAxis(const Range& range, Unit unit, bool from_zero, const std::string& title);
Axis LogAxis(const Range& range, Unit unit, const std::string& title);

// Places in an area that two axes span.
class Frame {
 public:
  Frame(const Rect& area, const Axis& x, const Axis& y) : area_(area), x_(x), y_(y) {}

  const Rect& area() const { return area_; }
  double X(double value) const { return area_.left + x_.scale.Fraction(value) * area_.width; }
  double Y(double value) const { return area_.bottom() - y_.scale.Fraction(value) * area_.height; }
  Point At(double x, double y) const { return {X(x), Y(y)}; }

  // The grid, the numbers and the titles. Numbers that would touch each other are left out.
  void Draw(Svg& svg) const;

  // Either half of it, for frames that share an axis.
  void DrawX(Svg& svg) const;
  void DrawY(Svg& svg) const;

 private:
  Rect area_;
  Axis x_;
  Axis y_;
};

// The title of a picture, and below it what is to be known before one reads it. Returns where the
// picture goes on.
double DrawHeadline(Svg& svg, const std::string& title, const std::string& note);

// Notes of several lines below a picture; returns the height.
double DrawNotes(Svg& svg, double left, double top, const std::vector<std::string>& notes);

enum class Mark { kLine, kBox, kDot, kTick };

struct LegendEntry {
  Mark mark = Mark::kLine;
  std::string style;
  std::string text;
  std::string note = {};  // below the text
};

// From kLegendLeft to the margin, long texts in several lines. Returns the height.
double DrawLegend(Svg& svg, double top, const std::vector<LegendEntry>& entries);

// Side by side in one line.
void DrawLegendRow(Svg& svg, Point at, const std::vector<LegendEntry>& entries);

// The height that DrawLegend will return.
double LegendHeight(const std::vector<LegendEntry>& entries);

// Where pictures of one area have it, and where the legend begins. There is room for titles on the
// left and below.
Rect PlotArea(double top, double height);
inline constexpr double kLegendLeft = 768;

}  // namespace ipclab::plot
