// The mean of a latency, which most peers give and ipclab does not. Pure.
#pragma once

#include "ipclab/v1/metrics.pb.h"

namespace ipclab::bench {

// Each bucket counts with the middle of the values that it holds, which is off by a thousandth at
// most. Of nothing: 0.
double MeanNanos(const v1::Histogram& histogram);

}  // namespace ipclab::bench
