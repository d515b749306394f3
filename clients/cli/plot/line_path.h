// A line through many points, as few of which are written as can be seen.
#pragma once

#include <vector>

#include "clients/cli/plot/svg.h"

namespace ipclab::plot {

// Begins at the first point and ends at the last one; those between that lie within less than half
// a pixel of the one before are left out.
PathData LinePath(const std::vector<Point>& points);

}  // namespace ipclab::plot
