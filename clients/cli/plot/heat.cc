// Heat map: time by latency, the number of messages as a shade. Two peaks are two stripes, and it
// shows when each of them was there.

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "clients/cli/plot/density.h"
#include "clients/cli/plot/figure.h"
#include "clients/cli/plot/labels.h"
#include "clients/cli/plot/picture.h"
#include "clients/cli/plot/style.h"
#include "clients/cli/plot/time_panels.h"

namespace ipclab::plot {
namespace {

constexpr double kRowHeight = 2.5;
constexpr double kLeastShown = 0.02;  // of a message, in a row that has a part of a bucket

// A row may have parts of buckets; shades are of whole messages.
double Whole(double count) { return std::max(1.0, std::round(count)); }

// The columns of one item.
struct HeatMap {
  Axis latency = {};
  std::vector<std::pair<const Piece*, std::vector<double>>> columns = {};
  double most = 0;
};

HeatMap HeatMapOf(const TimePanel& panel) {
  Range values;
  for (const Stretch& stretch : panel.timeline.stretches) {
    for (const Piece& piece : stretch.pieces) {
      if (piece.histogram.count == 0) continue;
      values.Add(static_cast<double>(std::max<int64_t>(piece.histogram.min, 1)));
      values.Add(static_cast<double>(std::max<int64_t>(piece.histogram.max, 1)));
    }
  }
  HeatMap map = {.latency = LogAxis(values, Unit::kNanos, "latency")};
  const int rows = static_cast<int>(panel.area.height / kRowHeight);
  for (const Stretch& stretch : panel.timeline.stretches) {
    for (const Piece& piece : stretch.pieces) {
      map.columns.push_back({&piece, Density(piece.histogram, map.latency.scale, rows)});
      const std::vector<double>& counts = map.columns.back().second;
      map.most = std::max(map.most, Whole(*std::max_element(counts.begin(), counts.end())));
    }
  }
  return map;
}

// One path per shade; rows of one shade above each other are one box.
void DrawCells(Svg& svg, const Frame& frame, const HeatMap& map, double most) {
  std::array<PathData, kShades> paths;
  const Rect& area = frame.area();
  for (const auto& [piece, counts] : map.columns) {
    const double left = frame.X(piece->begin);
    const double width = frame.X(piece->end) - left;
    const double row_height = area.height / static_cast<double>(counts.size());
    for (size_t row = 0; row < counts.size();) {
      const size_t first = row;
      const int shade = ShadeOf(Whole(counts[first]), most, kShades);
      const bool shown = counts[first] >= kLeastShown;
      while (row < counts.size() && (counts[row] >= kLeastShown) == shown &&
             (!shown || ShadeOf(Whole(counts[row]), most, kShades) == shade)) {
        ++row;
      }
      if (!shown) continue;
      paths[static_cast<size_t>(shade)].Box({left,
                                             area.bottom() - static_cast<double>(row) * row_height,
                                             width, static_cast<double>(row - first) * row_height});
    }
  }
  for (int shade = 0; shade < kShades; ++shade) {
    svg.Path(paths[static_cast<size_t>(shade)], ShadeStyle(shade));
  }
}

// "from 152"; the last row is of one message where the one before it begins with two.
std::vector<LegendEntry> ShadesLegend(double most) {
  std::vector<LegendEntry> legend;
  int64_t above = static_cast<int64_t>(most) + 1;
  for (int shade = kShades - 1; shade > 0; --shade) {
    const int64_t least = LeastWhole(shade, most, kShades);
    if (least == 1 || least >= above) continue;  // no count has this shade
    legend.push_back({Mark::kBox, ShadeStyle(shade), absl::StrCat("from ", CountText(least))});
    above = least;
  }
  legend.push_back({Mark::kBox, ShadeStyle(0), above == 2 ? "1" : "fewer"});
  return legend;
}

Drawing DrawHeat(const Drawable& all) {
  std::string left_out;
  const Drawable items = FirstOf(all, kMostPanels, left_out);
  Drawing drawing = {.name = "Heat map of latency over time"};
  Svg& svg = drawing.content;
  const std::string note =
      absl::StrCat("Columns are ", SlicesText(TimePanels(items, 0)),
                   "; the darker, the more messages took that long. Two stripes are two peaks. ",
                   items.size() > 1 ? "Each item has a latency axis of its own. " : "", left_out);
  const double top = DrawHeadline(svg, drawing.name, note);
  const std::vector<TimePanel> panels = TimePanels(items, top);
  std::vector<HeatMap> maps;
  double most = 1;
  for (const TimePanel& panel : panels) {
    maps.push_back(HeatMapOf(panel));
    most = std::max(most, maps.back().most);
  }
  for (size_t i = 0; i < panels.size(); ++i) {
    const Frame frame = FrameOf(panels, i, maps[i].latency);
    frame.Draw(svg);
    DrawCells(svg, frame, maps[i], most);
    DrawTrialNames(svg, frame, panels[i]);
    absl::StrAppend(&drawing.description, panels[i].item->label, ": values from ",
                    TickText(maps[i].latency.scale.low, Unit::kNanos), " to ",
                    TickText(maps[i].latency.scale.high, Unit::kNanos), ". ");
  }
  const Point at = {kLegendLeft, panels.front().area.top};
  svg.Text({at.x, at.y + 4}, "messages in a cell", {.style = "strong"});
  std::vector<LegendEntry> legend = ShadesLegend(most);
  if (AnyLeftOut(panels)) legend.push_back({Mark::kBox, "out", "trial that is left out"});
  const double legend_bottom = at.y + 12 + DrawLegend(svg, at.y + 12, legend);
  drawing.height = std::max(BottomOf(panels), legend_bottom);
  return drawing;
}

}  // namespace

const Picture kHeat = {
    .kind = "heat",
    .needs = kNeedsSlices,
    .can_draw = HasTimeline,
    .draw = DrawHeat,
};

}  // namespace ipclab::plot
