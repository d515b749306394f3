// How often each outcome comes: a line for each, with a bar over all schedules that there are.
#pragma once

#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "clients/cli/sparkline.h"
#include "clients/cli/terminal.h"
#include "ipclab/v1/explore.pb.h"

namespace ipclab::cli {

struct HistogramForm {
  size_t most = 20;  // lines; what is rarest is summed up in one more
  Glyphs glyphs = Glyphs::kBlocks;
};

// In order of the text, numbers by their value. whole: of which the bars are shares; 0 where nobody
// counts, and there are no bars then. Those that fail say so. Every line fits the terminal's width,
// less one column.
std::vector<std::string> HistogramLines(const std::vector<v1::ExploreOutcome>& outcomes,
                                        absl::uint128 whole, const HistogramForm& form,
                                        const Terminal& terminal);

// A bar of at most so many columns; what is there at all has a mark at least.
std::string ShareBar(double share, size_t columns, Glyphs glyphs);

}  // namespace ipclab::cli
