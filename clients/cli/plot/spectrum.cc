// Percentile spectrum: latency by percentile, each further nine as wide as the one before, so that
// the tail can be read as well as the middle.

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/plot/figure.h"
#include "clients/cli/plot/frame.h"
#include "clients/cli/plot/labels.h"
#include "clients/cli/plot/line_path.h"
#include "clients/cli/plot/picture.h"
#include "clients/cli/plot/share_steps.h"
#include "clients/cli/plot/style.h"
#include "clients/cli/units.h"

namespace ipclab::plot {
namespace {

constexpr size_t kMostSpectra = 12;
constexpr size_t kMostWithIntervals = 6;
constexpr double kSpectrumHeight = 360;
constexpr double kLeastNanos = 1;

constexpr std::array<std::pair<const char*, double>, 5> kIntervalPlaces = {
    {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}, {"p9999", 0.9999}}};

// The place of the greatest value, behind which there is nothing.
double LastPlace(const HistogramSnapshot& histogram) {
  return PercentilePlace(1 - 1 / static_cast<double>(histogram.count));
}

// The corners of the steps between two places.
std::vector<Point> Corners(const Frame& frame, const HistogramSnapshot& histogram, double from,
                           double to) {
  std::vector<Point> corners;
  for (const ShareStep& step : ShareSteps(histogram)) {
    const double begin = std::max(PercentilePlace(step.from), from);
    const double end = std::min(PercentilePlace(step.to), to);
    if (end < begin || (end == begin && begin != to)) continue;
    corners.push_back(frame.At(begin, step.value));
    corners.push_back(frame.At(end, step.value));
  }
  return corners;
}

void DrawSpectrumOf(Svg& svg, const Frame& frame, const Item& item, size_t number) {
  const double last = LastPlace(item.histogram);
  const double supported = std::min(last, PercentilePlace(SupportedShare(item.histogram)));
  svg.Path(LinePath(Corners(frame, item.histogram, 0, supported)), LineStyle(number));
  svg.Path(LinePath(Corners(frame, item.histogram, supported, last)),
           absl::StrCat("line s", number % kColours, " rough"));
  svg.Circle(frame.At(last, static_cast<double>(item.histogram.max)), 3, FillStyle(number),
             absl::StrCat(item.label, ": max ", cli::NanosText(item.histogram.max)));
}

void DrawBounds(Svg& svg, const Frame& frame, const Item& item, size_t number) {
  for (const auto& [key, share] : kIntervalPlaces) {
    const auto found = item.percentile_intervals.find(key);
    const bool beyond = PercentilePlace(share) > LastPlace(item.histogram);
    if (found == item.percentile_intervals.end() || beyond) continue;
    const Point low = frame.At(PercentilePlace(share), found->second.low);
    const Point high = frame.At(PercentilePlace(share), found->second.high);
    const std::string style = absl::StrCat("line s", number % kColours);
    svg.Line(low, high, style);
    svg.Line({low.x - 4, low.y}, {low.x + 4, low.y}, style);
    svg.Line({high.x - 4, high.y}, {high.x + 4, high.y}, style);
  }
}

std::string CountNote(const Item& item) {
  const HistogramSnapshot& values = item.histogram;
  return absl::StrCat("n = ", CountText(values.count), ", max ", cli::NanosText(values.max));
}

Drawing DrawSpectrum(const Drawable& all) {
  std::string left_out;
  const Drawable items = FirstOf(all, kMostSpectra, left_out);
  Range values;
  double last = 1;
  std::vector<LegendEntry> legend;
  for (const Item* item : items) {
    values.Add(std::max(kLeastNanos, static_cast<double>(item->histogram.min)));
    values.Add(std::max(kLeastNanos, static_cast<double>(item->histogram.max)));
    last = std::max(last, LastPlace(item->histogram));
    legend.push_back({Mark::kLine, LineStyle(legend.size()), item->label, CountNote(*item)});
  }
  Drawing drawing = {.name = "Percentile spectrum"};
  Svg& svg = drawing.content;
  const bool bounds = items.size() <= kMostWithIntervals;
  const double top = DrawHeadline(
      svg, drawing.name,
      absl::StrCat("All values of the trials that count together. Dotted: fewer than 3 values lie "
                   "beyond, too few to say more. ",
                   bounds ? "Whiskers: 95% intervals. " : "", left_out));
  const double height = std::max(kSpectrumHeight, LegendHeight(legend));
  const Frame frame(PlotArea(top, height),
                    {{.low = 0, .high = last}, PercentileTicks(last), "percentile"},
                    ValueAxis(values, Unit::kNanos, false, LatencyName(items)));
  frame.Draw(svg);
  for (size_t i = 0; i < items.size(); ++i) DrawSpectrumOf(svg, frame, *items[i], i);
  for (size_t i = 0; bounds && i < items.size(); ++i) DrawBounds(svg, frame, *items[i], i);
  DrawLegend(svg, top, legend);
  for (const Item* item : items) {
    absl::StrAppend(&drawing.description, item->label, ": p50 ",
                    cli::NanosText(item->histogram.ValueAtPercentile(50)), ", ", CountNote(*item),
                    ". ");
  }
  drawing.height = top + height + 52;
  return drawing;
}

}  // namespace

const Picture kSpectrum = {
    .kind = "spectrum",
    .needs = kNeedsHistogram,
    .can_draw = [](const Item& item) { return item.histogram.count > 0; },
    .draw = DrawSpectrum,
};

}  // namespace ipclab::plot
