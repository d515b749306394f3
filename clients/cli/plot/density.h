// How many values lie in each of many rows of a latency axis: the columns of a heat map. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "clients/cli/plot/scale.h"
#include "common/histogram.h"

namespace ipclab::plot {

// Counts from the low end of a logarithmic scale to the high one, in rows of equal height. A bucket
// of the histogram that spans several rows is shared out among them, so that a coarse clock makes
// no gaps that are not there.
std::vector<double> Density(const HistogramSnapshot& histogram, const Scale& scale, int rows);

// The shade, from 0 on, of a count when the greatest of all is most: by its logarithm, so that few
// values beside many are still seen.
int ShadeOf(double count, double most, int shades);

// The whole count from which on that shade or a darker one is used: of the next shade it may be the
// same, and then no whole count has this one.
int64_t LeastWhole(int shade, double most, int shades);

}  // namespace ipclab::plot
