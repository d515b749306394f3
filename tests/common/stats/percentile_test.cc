#include "common/stats/percentile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include "common/histogram.h"
#include "tests/common/stats/draws.h"

namespace ipclab::stats {
namespace {

HistogramSnapshot HistogramOf(const std::vector<int64_t>& values) {
  HistogramSnapshot snapshot;
  for (const int64_t value : values) {
    snapshot.Merge({1, value, value, {{HistogramLayout::IndexOf(value), 1}}});
  }
  return snapshot;
}

HistogramSnapshot UpToCount(int64_t count) {
  std::vector<int64_t> values;
  for (int64_t i = 1; i <= count; ++i) values.push_back(i);
  return HistogramOf(values);
}

// Latencies in nanoseconds with a long tail.
std::vector<int64_t> Latencies(size_t count, std::mt19937_64& random) {
  std::vector<int64_t> values;
  for (size_t i = 0; i < count; ++i) {
    values.push_back(std::llround(1e4 * Lognormal{1}.Draw(random)));
  }
  return values;
}

// How often the interval held the percentile of the latencies, which is so many spreads away from
// their median.
double CoverageOfPercentile(double percent, double spreads, size_t count) {
  const auto truth = std::llround(1e6 * std::exp(spreads));
  std::mt19937_64 random(31);
  int held = 0;
  for (int i = 0; i < kExperiments; ++i) {
    const auto interval = PercentileInterval(HistogramOf(Latencies(count, random)), percent);
    if (interval->low <= truth && truth <= interval->high) ++held;
  }
  return static_cast<double>(held) / kExperiments;
}

TEST(NeededCountTest, IsThatOfThePercentilesThatAreReported) {
  for (const PercentileSupport& support : kPercentiles) {
    EXPECT_EQ(NeededCount(support.percent), support.needed_count) << support.percent;
  }
}

// 1 - 0.95^59 is the first above 95%.
TEST(NeededCountTest, IsSoManyThatOneLiesBeyond) {
  EXPECT_EQ(NeededCount(95), 59);
  EXPECT_EQ(NeededCount(99.999), 299'572);
  EXPECT_EQ(NeededCount(0), 1);
  EXPECT_EQ(NeededCount(100), std::numeric_limits<int64_t>::max());
  for (const PercentileSupport& support : kPercentiles) {
    if (support.percent <= 90) continue;
    const double part = support.percent / 100;
    const auto count = static_cast<double>(support.needed_count);
    EXPECT_LE(std::pow(part, count), 0.05) << support.percent;
    EXPECT_GT(std::pow(part, count - 1), 0.05) << support.percent;
  }
}

TEST(PercentileIntervalTest, LiesBetweenValuesByTheirOrder) {
  EXPECT_EQ(PercentileInterval(UpToCount(20), 50), (NanosInterval{6, 15}));
  EXPECT_EQ(PercentileInterval(UpToCount(100), 90), (NanosInterval{84, 96}));
  EXPECT_EQ(PercentileInterval(UpToCount(1000), 99), (NanosInterval{983, 997}));
}

TEST(PercentileIntervalTest, IsNoneWhereNoValueBoundsIt) {
  EXPECT_EQ(PercentileInterval(UpToCount(0), 50), std::nullopt);
  EXPECT_EQ(PercentileInterval(UpToCount(5), 50), std::nullopt);
  EXPECT_EQ(PercentileInterval(UpToCount(6), 50), (NanosInterval{1, 6}));
  EXPECT_EQ(PercentileInterval(UpToCount(367), 99), std::nullopt);
  EXPECT_EQ(PercentileInterval(UpToCount(368), 99), (NanosInterval{360, 368}));
  EXPECT_EQ(PercentileInterval(UpToCount(1000), 100), std::nullopt);
  EXPECT_EQ(PercentileInterval(UpToCount(1000), 0), std::nullopt);
}

// Values that share a bucket are known to its precision, but none lies beyond the extremes.
TEST(PercentileIntervalTest, ReachesToTheEndsOfItsBuckets) {
  const std::vector<int64_t> values(20, 10'003);
  const HistogramSnapshot all = HistogramOf(values);
  EXPECT_EQ(PercentileInterval(all, 50), (NanosInterval{10'003, 10'003}));
  HistogramSnapshot among = all;
  among.Merge(HistogramOf({1, 20'000}));
  EXPECT_EQ(PercentileInterval(among, 50), (NanosInterval{10'000, 10'007}));
}

TEST(PercentileIntervalTest, HoldsThePercentileOfWhatIsDrawn) {
  for (const auto& [percent, spreads] :
       {std::pair(50.0, 0.0), {90.0, 1.2815516}, {99.0, 2.3263479}}) {
    const double coverage = CoverageOfPercentile(percent, spreads, 400);
    EXPECT_GE(coverage, 0.93) << percent;
    EXPECT_LE(coverage, 0.995) << percent;
  }
}

TEST(PercentileIntervalTest, OfMergedHistogramsIsThatOfAllTheirValues) {
  std::mt19937_64 random(32);
  HistogramSnapshot merged;
  std::vector<int64_t> pool;
  for (const size_t count : {1u, 1000u, 10u, 500u, 2000u}) {
    const std::vector<int64_t> trial = Latencies(count, random);
    const auto recorded = std::make_unique<Histogram>();
    for (const int64_t value : trial) recorded->Record(value);
    merged.Merge(recorded->Snapshot());
    pool.insert(pool.end(), trial.begin(), trial.end());
  }
  const auto pooled = std::make_unique<Histogram>();
  for (const int64_t value : pool) pooled->Record(value);
  EXPECT_EQ(merged, pooled->Snapshot());
  for (const PercentileSupport& support : kPercentiles) {
    EXPECT_EQ(merged.ValueAtPercentile(support.percent),
              pooled->Snapshot().ValueAtPercentile(support.percent));
    EXPECT_EQ(PercentileInterval(merged, support.percent),
              PercentileInterval(pooled->Snapshot(), support.percent));
  }
}

}  // namespace
}  // namespace ipclab::stats
