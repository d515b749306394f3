#include "clients/cli/plot/time_panels.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/cli/plot/labels.h"
#include "clients/cli/plot/style.h"
#include "clients/cli/units.h"

namespace ipclab::plot {
namespace {

constexpr double kAlone = 280;
constexpr double kAmongOthers = 170;
constexpr double kBetween = 62;      // numbers of one panel, name of the next
constexpr double kAboveFirst = 24;   // its name, and the trials' numbers
constexpr size_t kMostPieces = 300;  // two pixels each
constexpr double kRoomForNumber = 18;

double LongestSeconds(const std::vector<TimePanel>& panels) {
  double seconds = 0;
  for (const TimePanel& panel : panels) seconds = std::max(seconds, panel.timeline.seconds);
  return seconds;
}

std::string TrialHint(const TrialResult& trial) {
  return absl::StrCat("trial ", trial.number, " is left out",
                      trial.why.empty() ? "" : absl::StrCat(": ", trial.why));
}

}  // namespace

std::vector<TimePanel> TimePanels(const Drawable& items, double top) {
  const double height = items.size() == 1 ? kAlone : kAmongOthers;
  std::vector<TimePanel> panels;
  double down = top + kAboveFirst;
  for (const Item* item : items) {
    panels.push_back({item, TimelineOf(*item, kMostPieces), PlotArea(down, height)});
    down += height + kBetween;
  }
  return panels;
}

double BottomOf(const std::vector<TimePanel>& panels) { return panels.back().area.bottom() + 52; }

Frame FrameOf(const std::vector<TimePanel>& panels, size_t number, const Axis& latency) {
  const double seconds = LongestSeconds(panels);
  const Scale time = {.low = 0, .high = seconds};
  const bool last = number + 1 == panels.size();
  return {panels[number].area,
          {time, TicksOf(time, Unit::kSeconds), last ? "time measured, trial after trial" : ""},
          latency};
}

void DrawTrialBands(Svg& svg, const Frame& frame, const TimePanel& panel) {
  const std::vector<Stretch>& stretches = panel.timeline.stretches;
  for (size_t i = 0; i < stretches.size(); i += 2) {
    const double left = frame.X(stretches[i].begin);
    svg.Box({left, panel.area.top, frame.X(stretches[i].end) - left, panel.area.height}, "band");
  }
}

void DrawTrialNames(Svg& svg, const Frame& frame, const TimePanel& panel) {
  const Rect& area = panel.area;
  svg.Text({area.left, area.top - 20}, FitText(panel.item->label, kLabelSize, area.width),
           {.style = "strong"});
  for (const Stretch& stretch : panel.timeline.stretches) {
    const double left = frame.X(stretch.begin);
    const double width = frame.X(stretch.end) - left;
    if (!stretch.trial->used) {
      svg.Box({left, area.top, width, area.height}, "out", TrialHint(*stretch.trial));
    }
    if (width < kRoomForNumber) continue;
    const std::string number = absl::StrCat(stretch.trial->number);
    const std::string text = absl::StrCat("trial ", number);
    svg.Text({left + width / 2, area.top - 5},
             TextWidth(text, kSmallSize) < width ? text : FitText(number, kSmallSize, width),
             {.style = "note", .anchor = Anchor::kMiddle});
  }
}

bool AnyLeftOut(const std::vector<TimePanel>& panels) {
  return std::any_of(panels.begin(), panels.end(), [](const TimePanel& panel) {
    const std::vector<Stretch>& stretches = panel.timeline.stretches;
    return std::any_of(stretches.begin(), stretches.end(),
                       [](const Stretch& stretch) { return !stretch.trial->used; });
  });
}

std::string SlicesText(const std::vector<TimePanel>& panels) {
  double longest = 0;
  for (const TimePanel& panel : panels) {
    longest = std::max(longest, panel.timeline.TypicalPiece());
  }
  return absl::StrCat("slices of ", cli::NanosText(longest * 1e9));
}

}  // namespace ipclab::plot
