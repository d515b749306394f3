// One SVG with all pictures below each other, and what they were taken under at its end.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/plot/item.h"
#include "clients/cli/plot/picture.h"

namespace ipclab::plot {

// The whole file. Each picture can be drawn of one of the items at least, and items have labels.
std::string Page(const Results& results, const std::vector<const Picture*>& pictures);

}  // namespace ipclab::plot
