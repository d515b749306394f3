#include "tests/bench/peers/mean.h"

#include "common/histogram.h"

namespace ipclab::bench {

double MeanNanos(const v1::Histogram& histogram) {
  double sum = 0;
  double count = 0;
  for (int i = 0; i < histogram.indexes_size(); ++i) {
    const int index = histogram.indexes(i);
    const auto lowest = static_cast<double>(HistogramLayout::LowestAt(index));
    const auto highest = static_cast<double>(HistogramLayout::HighestAt(index));
    const auto here = static_cast<double>(histogram.counts(i));
    sum += here * (lowest + highest) / 2;
    count += here;
  }
  return count > 0 ? sum / count : 0;
}

}  // namespace ipclab::bench
