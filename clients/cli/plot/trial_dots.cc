// Dots of trials: each trial of each item as what it is, before any statistics: clusters, outliers
// and those that were left out.

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "clients/cli/plot/figure.h"
#include "clients/cli/plot/frame.h"
#include "clients/cli/plot/labels.h"
#include "clients/cli/plot/picture.h"
#include "clients/cli/plot/rows.h"
#include "clients/cli/plot/style.h"

namespace ipclab::plot {
namespace {

constexpr double kDotsLeft = kMargin + kNamesWidth + 12;
constexpr double kDotsWidth = 500;
constexpr double kSpread = 22;  // of the dots of one row, from the first trial to the last
constexpr double kDotRadius = 3.6;
constexpr double kFarApart = 5;  // times

// Items are drawn by what they are or, where they are so far apart that the dots of each would fall
// on each other, by how far they are from the item's own median.
struct Measure {
  Figure figure;
  bool relative = false;

  double Of(const Item& item, double value) const {
    const double median = MedianOfTrials(figure, item).value_or(0);
    return !relative ? value : median > 0 ? value / median : 1;
  }
};

Range ValuesOf(const Drawable& items, const Measure& measure) {
  Range values;
  for (const Item* item : items) {
    for (const TrialResult& trial : item->results) {
      if (const auto value = measure.figure.Of(trial)) values.Add(measure.Of(*item, *value));
    }
    if (const auto interval = measure.figure.IntervalOf(*item)) {
      values.Add(measure.Of(*item, interval->low));
      values.Add(measure.Of(*item, interval->high));
    }
  }
  return values;
}

bool AnyLatency(const Drawable& items) {
  return std::any_of(items.begin(), items.end(), [](const Item* item) {
    return std::any_of(item->results.begin(), item->results.end(),
                       [](const TrialResult& trial) { return trial.p50.has_value(); });
  });
}

Measure MeasureFor(const Drawable& items) {
  Measure measure = {.figure = {.latency = AnyLatency(items)}};
  const Range values = ValuesOf(items, measure);
  measure.relative = items.size() > 1 && values.high > kFarApart * values.low;
  return measure;
}

Axis AxisFor(const Drawable& items, const Measure& measure) {
  const std::string title = measure.figure.Title(items);
  const Range values = ValuesOf(items, measure);
  return measure.relative
             ? ValueAxis(values, Unit::kTimes, false,
                         absl::StrCat(title, ", as a multiple of the item's own median"))
             : ValueAxis(values, measure.figure.unit(), false, title);
}

std::string HintOf(const TrialResult& trial, const Figure& figure, double value) {
  std::string hint = absl::StrCat("trial ", trial.number, ": ", figure.Text(value));
  if (!trial.used) absl::StrAppend(&hint, ", left out");
  if (!trial.why.empty()) absl::StrAppend(&hint, ": ", trial.why);
  return hint;
}

void DrawTrialsOf(Svg& svg, const Frame& frame, const Item& item, const Measure& measure,
                  double middle) {
  const Figure& figure = measure.figure;
  if (const auto interval = figure.IntervalOf(item)) {
    const double low = frame.X(measure.Of(item, interval->low));
    const double high = frame.X(measure.Of(item, interval->high));
    svg.Box({low, middle - 13, std::max(1.0, high - low), 26}, "f4 soft");
  }
  if (const auto median = MedianOfTrials(figure, item)) {
    const double x = frame.X(measure.Of(item, *median));
    svg.Line({x, middle - 13}, {x, middle + 13}, "median");
  }
  const size_t count = item.results.size();
  for (size_t i = 0; i < count; ++i) {
    const TrialResult& trial = item.results[i];
    const std::optional<double> value = figure.Of(trial);
    if (!value) continue;
    const double down =
        count == 1 ? 0 : (static_cast<double>(i) / static_cast<double>(count - 1) - 0.5) * kSpread;
    svg.Circle({frame.X(measure.Of(item, *value)), middle + down}, kDotRadius,
               trial.used ? "f0 dot" : "hollow s0", HintOf(trial, figure, *value));
  }
}

// "median 3.91 us; 9 of 10"
std::string Summary(const Item& item, const Figure& figure) {
  const auto used = std::count_if(item.results.begin(), item.results.end(),
                                  [](const TrialResult& trial) { return trial.used; });
  const std::optional<double> median = MedianOfTrials(figure, item);
  return absl::StrCat("median ", median ? figure.Text(*median) : "-", ", ", used, " of ",
                      item.results.size(), item.results.size() == 1 ? " trial" : " trials");
}

Drawing DrawTrials(const Drawable& items) {
  Drawing drawing = {.name = "Trials"};
  Svg& svg = drawing.content;
  const Measure measure = MeasureFor(items);
  const Figure& figure = measure.figure;
  const double top = DrawHeadline(
      svg, drawing.name,
      "A dot is a trial: processes and objects of its own. In each row the first trial is at the "
      "top and the last one at the bottom, so that a drift is a slope.");
  DrawLegendRow(svg, {kDotsLeft, top},
                {{Mark::kDot, "f0 dot", "trial"},
                 {Mark::kDot, "hollow s0", "left out"},
                 {Mark::kTick, "median", "median"},
                 {Mark::kBox, "f4 soft", "95% interval"}});
  const ItemRows rows(items, top + 18);
  rows.Draw(svg);
  const Frame frame(rows.Panel(kDotsLeft, kDotsWidth), AxisFor(items, measure), {});
  frame.DrawX(svg);
  const double text = kDotsLeft + kDotsWidth + 12;
  for (size_t i = 0; i < items.size(); ++i) {
    DrawTrialsOf(svg, frame, *items[i], measure, rows.Middle(i));
    const std::string summary = Summary(*items[i], figure);
    svg.Text({text, rows.Middle(i) + 4}, FitText(summary, kSmallSize, kPageWidth - kMargin - text),
             {.style = "small"});
    absl::StrAppend(&drawing.description, items[i]->label, ": ", summary, ". ");
  }
  drawing.height = rows.bottom() + 52;
  return drawing;
}

bool HasTrials(const Item& item) {
  return std::any_of(item.results.begin(), item.results.end(), [](const TrialResult& trial) {
    return trial.p50 || trial.messages_per_second;
  });
}

}  // namespace

const Picture kTrials = {
    .kind = "trials",
    .needs = "results of single trials, which `ipclab measure --json --trials 10` prints",
    .can_draw = HasTrials,
    .draw = DrawTrials,
};

}  // namespace ipclab::plot
