// Pictures with time from left to right: a panel per item, one below the other, trials marked.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/plot/frame.h"
#include "clients/cli/plot/picture.h"
#include "clients/cli/plot/timeline.h"

namespace ipclab::plot {

// Borrows the item.
struct TimePanel {
  const Item* item = nullptr;
  Timeline timeline;
  Rect area;
};

inline constexpr size_t kMostPanels = 6;

// One for each, from top on; all as wide as the longest takes.
std::vector<TimePanel> TimePanels(const Drawable& items, double top);

// Where the last one ends, numbers and titles included.
double BottomOf(const std::vector<TimePanel>& panels);

// The frame of the panel, with its latency axis; only the last of the panels has a title of time.
Frame FrameOf(const std::vector<TimePanel>& panels, size_t number, const Axis& latency);

// What lies behind the data: every other trial on a band; and what lies before it: the item's name,
// the trials' numbers, and those that do not count under a veil.
void DrawTrialBands(Svg& svg, const Frame& frame, const TimePanel& panel);
void DrawTrialNames(Svg& svg, const Frame& frame, const TimePanel& panel);

// True when some trial is under a veil, which the legend then explains.
bool AnyLeftOut(const std::vector<TimePanel>& panels);

// "slices of 100 ms"
std::string SlicesText(const std::vector<TimePanel>& panels);

}  // namespace ipclab::plot
