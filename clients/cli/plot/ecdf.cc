// ECDF overlay: the share of messages that took no longer than a time, items upon each other. Where
// one line is left of another all the way up, its item is faster for every message.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/cli/plot/figure.h"
#include "clients/cli/plot/frame.h"
#include "clients/cli/plot/line_path.h"
#include "clients/cli/plot/picture.h"
#include "clients/cli/plot/share_steps.h"
#include "clients/cli/plot/style.h"
#include "clients/cli/units.h"

namespace ipclab::plot {
namespace {

constexpr size_t kMostEcdfs = 6;
constexpr double kEcdfHeight = 320;
constexpr double kEndPercent = 99.9;  // the tail is the spectrum's
constexpr double kLeastEcdfNanos = 1;

std::vector<Point> Rise(const Frame& frame, const HistogramSnapshot& histogram, double end) {
  std::vector<Point> corners;
  for (const ShareStep& step : ShareSteps(histogram)) {
    if (step.value > end) break;
    corners.push_back(frame.At(step.value, step.from * 100));
    corners.push_back(frame.At(step.value, step.to * 100));
  }
  return corners;
}

// The middle half of the values.
std::string Quartiles(const Item& item) {
  const HistogramSnapshot& values = item.histogram;
  return absl::StrCat("half in ", cli::NanosText(values.ValueAtPercentile(25)), " to ",
                      cli::NanosText(values.ValueAtPercentile(75)));
}

Drawing DrawEcdf(const Drawable& all) {
  std::string left_out;
  const Drawable items = FirstOf(all, kMostEcdfs, left_out);
  Range values;
  std::vector<LegendEntry> legend;
  for (const Item* item : items) {
    values.Add(std::max(kLeastEcdfNanos, static_cast<double>(item->histogram.min)));
    values.Add(std::max(kLeastEcdfNanos,
                        static_cast<double>(item->histogram.ValueAtPercentile(kEndPercent))));
    legend.push_back({Mark::kLine, LineStyle(legend.size()), item->label, Quartiles(*item)});
  }
  Drawing drawing = {.name = "Cumulative distribution (ECDF)"};
  Svg& svg = drawing.content;
  const double top = DrawHeadline(
      svg, drawing.name,
      absl::StrCat(
          "The share of messages that took no longer. The axis ends with the last item's "
          "p99.9; the percentile spectrum has the rest. A plateau between two rises is the "
          "gap between two peaks. ",
          left_out));
  const double height = std::max(kEcdfHeight, LegendHeight(legend));
  const Axis x = ValueAxis(values, Unit::kNanos, false, LatencyName(items));
  const Scale shares = {.low = 0, .high = 100};
  const Frame frame(PlotArea(top, height), x,
                    {shares, TicksOf(shares, Unit::kPercent), "share of messages"});
  frame.Draw(svg);
  for (size_t i = 0; i < items.size(); ++i) {
    svg.Path(LinePath(Rise(frame, items[i]->histogram, x.scale.high)), LineStyle(i),
             items[i]->label);
    absl::StrAppend(&drawing.description, items[i]->label, ": ", Quartiles(*items[i]), ". ");
  }
  DrawLegend(svg, top, legend);
  drawing.height = top + height + 52;
  return drawing;
}

}  // namespace

const Picture kEcdf = {
    .kind = "ecdf",
    .needs = kNeedsHistogram,
    .can_draw = [](const Item& item) { return item.histogram.count > 0; },
    .draw = DrawEcdf,
};

}  // namespace ipclab::plot
