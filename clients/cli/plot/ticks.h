// The marks of an axis and the numbers beside them. Pure.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/plot/scale.h"

namespace ipclab::plot {

// About how many lines a grid has.
inline constexpr int kGridLines = 6;

struct Tick {
  double at = 0;
  std::string label = {};  // none: a minor mark

  bool operator==(const Tick&) const = default;
};

enum class Unit { kNanos, kSeconds, kCount, kPercent, kTimes };

// As people read it, no digit in vain: "1 us", "2.5 ms", "0"; "10 k"; "99.9%";
// "1.05 x".
std::string TickText(double value, Unit unit);

// 1, 2 or 5 times a power of ten: a step that parts span into most pieces at the most.
double RoundStep(double span, int most);

// Ascending. Of a logarithmic scale: decades, with 2 and 5 between them where there are few, and
// the other digits as minor marks.
std::vector<Tick> TicksOf(const Scale& scale, Unit unit);

// A percentile p lies at log10(1 / (1 - p)), so that 90%, 99%, 99.9% are as far from each other.
double PercentilePlace(double share);

// The marks of that axis up to a place: 0%, 50%, 90%, 99%, ...
std::vector<Tick> PercentileTicks(double last);

}  // namespace ipclab::plot
