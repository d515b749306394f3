// What the table of `ipclab measure` shows of a measurement, by its pattern: the columns, and their
// cells. A figure that there is not is "-".
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "clients/cli/measure/measurement.h"

namespace ipclab::cli {

inline constexpr char kNone[] = "-";

// A column, and its cell of each row.
struct Figure {
  std::string title;
  std::function<std::string(const Measurement&)> cell;
  bool left = false;  // a word, not a number
};

// All of measurements of one pattern, in order; those that none of them has are left out. Where
// they are compared, the figure that they are compared by comes first, and how it compares behind
// it.
std::vector<Figure> FiguresOf(const std::vector<Measurement>& group);

// What is timed: "Latency is one way: ...".
std::string LatencyTitle(const v1::MeasureSpec& spec);

// Single cells.
std::string OrNone(std::optional<int64_t> nanos);
std::string CpuText(const Measurement& each);
std::string RateCell(const Measurement& each);
std::string BytesText(const Measurement& each);

}  // namespace ipclab::cli
