// A picture: what it needs of an item, and how it is drawn. One record per picture, each in a file
// of its own; pictures.h lists them.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "clients/cli/plot/item.h"
#include "clients/cli/plot/svg.h"

namespace ipclab::plot {

// Borrowed; at least one, and each of them can be drawn.
using Drawable = std::vector<const Item*>;

struct Drawing {
  std::string name = {};         // "Percentile spectrum"
  std::string description = {};  // what is to be seen, in words and numbers
  Svg content = {};              // from 0 downwards, as wide as a page
  double height = 0;
};

struct Picture {
  absl::string_view kind;  // as --kind has it: "spectrum"

  // What an item has to have, and how `ipclab measure` gives it: ends a sentence that says what
  // cannot be drawn.
  absl::string_view needs;

  bool (*can_draw)(const Item& item);
  Drawing (*draw)(const Drawable& items);
};

// What both pictures of whole distributions need, and both of time.
inline constexpr absl::string_view kNeedsHistogram =
    "a histogram of latencies, which `ipclab measure --json` prints for patterns that time "
    "messages";
inline constexpr absl::string_view kNeedsSlices =
    "slices of trials, which `ipclab measure --json` prints for trials of --duration 1s or more";

extern const Picture kSpectrum;
extern const Picture kEcdf;
extern const Picture kSeries;
extern const Picture kHeat;
extern const Picture kBars;
extern const Picture kTrials;

}  // namespace ipclab::plot
