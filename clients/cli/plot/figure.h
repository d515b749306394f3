// The figure that stands for an item or a trial where there is room for one: the median latency, or
// where nothing was timed the rate of messages. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "clients/cli/plot/picture.h"
#include "clients/cli/plot/ticks.h"

namespace ipclab::plot {

struct Figure {
  bool latency = true;

  std::optional<double> Of(const Item& item) const;
  std::optional<double> Of(const TrialResult& trial) const;
  std::optional<Interval> IntervalOf(const Item& item) const;  // 95%, over trials

  Unit unit() const { return latency ? Unit::kNanos : Unit::kCount; }
  std::string Text(double value) const;            // "3.91 us", "25.6 k/s"
  std::string Title(const Drawable& items) const;  // "p50 of round trip latency"
};

// Latency if one of them has it.
Figure FigureFor(const Drawable& items);

// "round trip latency", or "latency" where the items' kinds are not the same.
std::string LatencyName(const Drawable& items);

// Of the trials that count.
std::optional<double> MedianOfTrials(const Figure& figure, const Item& item);

// The first most of them, as many as a picture can take, and what to say of the others: empty, or
// "The first 6 of 40 items are drawn; ...".
Drawable FirstOf(const Drawable& items, size_t most, std::string& said);

}  // namespace ipclab::plot
