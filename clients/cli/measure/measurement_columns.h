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
};

// All of one pattern, in order. load: messages are due at a rate.
std::vector<Figure> FiguresOf(v1::Pattern::Kind pattern, bool load);

// What is timed: "Latency is one way: ...".
std::string LatencyTitle(const v1::MeasureSpec& spec);

// Single cells.
std::string OrNone(std::optional<int64_t> nanos);
std::string CpuText(const Measurement& each);
std::string RateCell(const Measurement& each);
std::string BytesText(const Measurement& each);

}  // namespace ipclab::cli
