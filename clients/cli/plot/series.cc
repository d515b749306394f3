// Time series: p50, p99 and max of every slice of time, so that a drift, a step or a stall shows.

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/plot/figure.h"
#include "clients/cli/plot/line_path.h"
#include "clients/cli/plot/picture.h"
#include "clients/cli/plot/style.h"
#include "clients/cli/plot/time_panels.h"
#include "clients/cli/units.h"

namespace ipclab::plot {
namespace {

struct Level {
  const char* name;
  double percent;
  int64_t needs;  // values, for the percentile to mean something
  const char* style;
};

constexpr std::array<Level, 3> kLevels = {
    {{"max", 100, 1, "line thin s7"}, {"p99", 99, 299, "line s1"}, {"p50", 50, 1, "line s0"}}};

std::optional<double> ValueOf(const Piece& piece, const Level& level) {
  if (piece.histogram.count < level.needs) return std::nullopt;
  const int64_t nanos = piece.histogram.ValueAtPercentile(level.percent);
  return static_cast<double>(std::max<int64_t>(nanos, 1));
}

Range LevelsOf(const Timeline& timeline) {
  Range values;
  for (const Stretch& stretch : timeline.stretches) {
    for (const Piece& piece : stretch.pieces) {
      for (const Level& level : kLevels) values.Add(ValueOf(piece, level));
    }
  }
  return values;
}

// A step for each piece; broken where there is no value, and between trials.
void DrawLevel(Svg& svg, const Frame& frame, const Timeline& timeline, const Level& level) {
  for (const Stretch& stretch : timeline.stretches) {
    std::vector<Point> points;
    for (const Piece& piece : stretch.pieces) {
      const std::optional<double> value = ValueOf(piece, level);
      if (!value) {
        svg.Path(LinePath(points), level.style);
        points.clear();
        continue;
      }
      points.push_back(frame.At(piece.begin, *value));
      points.push_back(frame.At(piece.end, *value));
    }
    svg.Path(LinePath(points), level.style);
  }
}

std::string SpanText(const std::string& label, const Timeline& timeline) {
  Range medians;
  for (const Stretch& stretch : timeline.stretches) {
    for (const Piece& piece : stretch.pieces) medians.Add(ValueOf(piece, kLevels.back()));
  }
  return absl::StrCat(label, ": p50 of slices between ", cli::NanosText(medians.low), " and ",
                      cli::NanosText(medians.high), ". ");
}

Drawing DrawSeries(const Drawable& all) {
  std::string left_out;
  const Drawable items = FirstOf(all, kMostPanels, left_out);
  Drawing drawing = {.name = "Latency over time"};
  Svg& svg = drawing.content;
  const std::vector<TimePanel> sized = TimePanels(items, 0);
  const std::string note =
      absl::StrCat("p50, p99 and max of ", SlicesText(sized),
                   ". p99 is absent where a slice has too few values for it. ",
                   items.size() > 1 ? "Each item has a latency axis of its own. " : "", left_out);
  const double top = DrawHeadline(svg, drawing.name, note);
  const std::vector<TimePanel> panels = TimePanels(items, top);
  for (size_t i = 0; i < panels.size(); ++i) {
    const Timeline& timeline = panels[i].timeline;
    const Frame frame =
        FrameOf(panels, i, ValueAxis(LevelsOf(timeline), Unit::kNanos, false, "latency"));
    DrawTrialBands(svg, frame, panels[i]);
    frame.Draw(svg);
    for (const Level& level : kLevels) DrawLevel(svg, frame, timeline, level);
    DrawTrialNames(svg, frame, panels[i]);
    absl::StrAppend(&drawing.description, SpanText(panels[i].item->label, timeline));
  }
  std::vector<LegendEntry> legend;
  for (const Level& level : kLevels) legend.push_back({Mark::kLine, level.style, level.name});
  if (AnyLeftOut(panels)) legend.push_back({Mark::kBox, "out", "trial that is left out"});
  DrawLegend(svg, panels.front().area.top, legend);
  drawing.height = BottomOf(panels);
  return drawing;
}

}  // namespace

const Picture kSeries = {
    .kind = "series",
    .needs = kNeedsSlices,
    .can_draw = HasTimeline,
    .draw = DrawSeries,
};

}  // namespace ipclab::plot
