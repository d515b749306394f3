// Names for items, and how long a text is. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "clients/cli/plot/item.h"

namespace ipclab::plot {

// Gives every item a label: mechanism and size, and of the rest what is not the same for all, such
// as an option, or the file where hosts are of several classes. Items that are the same in all this
// are told apart by their files, or by numbers.
void LabelItems(std::vector<Item>& items);

// "ROUND_TRIP" as people write it: "round trip"; nothing for "KIND_UNSPECIFIED".
std::string Words(absl::string_view enumerator);

// A count as a whole number, or in thousands and more: "95", "12.3 k".
std::string CountText(int64_t count);

// About how wide text is in a sans-serif font of that size; renderers' fonts differ.
double TextWidth(absl::string_view text, double size);

// The text, cut short with "..." where it would be wider than width.
std::string FitText(absl::string_view text, double size, double width);

// Lines of at most that width, broken at spaces.
std::vector<std::string> BreakText(absl::string_view text, double size, double width);

}  // namespace ipclab::plot
