#include "tests/bench/peers/mean.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/histogram.h"

namespace ipclab::bench {
namespace {

using ::testing::DoubleNear;

void Add(int64_t nanos, int64_t times, v1::Histogram& histogram) {
  histogram.add_indexes(HistogramLayout::IndexOf(nanos));
  histogram.add_counts(times);
}

TEST(MeanNanos, WeighsValuesByTheirCounts) {
  v1::Histogram histogram;
  Add(100, 3, histogram);
  Add(500, 1, histogram);
  EXPECT_EQ(MeanNanos(histogram), 200);
}

TEST(MeanNanos, IsNearTheMeanOfWhatSharesABucket) {
  v1::Histogram histogram;
  Add(1'000'000, 1, histogram);
  Add(3'000'000, 1, histogram);
  EXPECT_THAT(MeanNanos(histogram), DoubleNear(2e6, 2e3));
}

TEST(MeanNanos, IsZeroOfNothing) { EXPECT_EQ(MeanNanos({}), 0); }

}  // namespace
}  // namespace ipclab::bench
