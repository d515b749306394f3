// The figures marked "reference" come from the official Java library, HdrHistogram 2.2.2, with
// new Histogram(1, 3600000000000L, 3).
#include "common/histogram.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

namespace ipclab {
namespace {

constexpr int64_t kHour = 3'600'000'000'000;

HistogramSnapshot Of(const std::vector<int64_t>& values) {
  const auto histogram = std::make_unique<Histogram>();
  for (const int64_t value : values) histogram->Record(value);
  return histogram->Snapshot();
}

// Values of all magnitudes from 1 ns to one hour.
std::vector<int64_t> Varied(unsigned seed, int count) {
  std::mt19937_64 random(seed);
  std::vector<int64_t> values;
  for (int i = 0; i < count; ++i) {
    values.push_back(static_cast<int64_t>(random() >> (22 + random() % 42)) % kHour);
  }
  return values;
}

TEST(HistogramLayoutTest, HasTheReferenceSize) { EXPECT_EQ(HistogramLayout::kCounts, 33792); }

TEST(HistogramLayoutTest, HasTheReferenceIndices) {
  const struct {
    int64_t value;
    int index;
    int64_t lowest;
    int64_t highest;
  } reference[] = {
      {0, 0, 0, 0},
      {1, 1, 1, 1},
      {2047, 2047, 2047, 2047},
      {2048, 2048, 2048, 2049},
      {4095, 3071, 4094, 4095},
      {4096, 3072, 4096, 4099},
      {10'000, 4322, 10'000, 10'007},
      {1'000'000, 11169, 999'936, 1'000'447},
      {123'456'789, 18267, 123'404'288, 123'469'823},
      {2'199'023'255'552, 32768, 2'199'023'255'552, 2'201'170'739'199},
      {kHour, 33420, 3'599'182'594'048, 3'601'330'077'695},
  };
  for (const auto& line : reference) {
    EXPECT_EQ(HistogramLayout::IndexOf(line.value), line.index) << line.value;
    EXPECT_EQ(HistogramLayout::LowestAt(line.index), line.lowest) << line.value;
    EXPECT_EQ(HistogramLayout::HighestAt(line.index), line.highest) << line.value;
  }
}

TEST(HistogramLayoutTest, IndicesCoverAllValuesWithoutGapOrOverlap) {
  EXPECT_EQ(HistogramLayout::LowestAt(0), 0);
  for (int i = 0; i <= HistogramLayout::IndexOf(kHour); ++i) {
    ASSERT_EQ(HistogramLayout::IndexOf(HistogramLayout::LowestAt(i)), i);
    ASSERT_EQ(HistogramLayout::LowestAt(i + 1), HistogramLayout::HighestAt(i) + 1);
  }
}

TEST(HistogramLayoutTest, KeepsThreeSignificantDigits) {
  for (const int64_t value : Varied(1, 10'000)) {
    const int index = HistogramLayout::IndexOf(value);
    ASSERT_LE(HistogramLayout::HighestAt(index) - HistogramLayout::LowestAt(index),
              value / 1000 + 1);
  }
}

TEST(HistogramLayoutTest, ClampsWhatIsOutside) {
  EXPECT_EQ(HistogramLayout::IndexOf(INT64_MIN), 0);
  EXPECT_EQ(HistogramLayout::IndexOf(INT64_MAX), HistogramLayout::IndexOf(kHour));
}

TEST(HistogramTest, HasTheReferencePercentiles) {
  std::vector<int64_t> values;
  for (int64_t i = 1; i <= 10'000; ++i) values.push_back(i * i * 37);
  const HistogramSnapshot snapshot = Of(values);
  EXPECT_EQ(snapshot.ValueAtPercentile(50), 925'368'319);
  EXPECT_EQ(snapshot.ValueAtPercentile(90), 2'998'927'359);
  EXPECT_EQ(snapshot.ValueAtPercentile(99), 3'628'072'959);
  EXPECT_EQ(snapshot.ValueAtPercentile(99.9), 3'693'084'671);
  EXPECT_EQ(snapshot.ValueAtPercentile(99.99), 3'699'376'127);
  // The reference says 3 701 473 279, the end of the last bucket: we know the true maximum.
  EXPECT_EQ(snapshot.ValueAtPercentile(100), 3'700'000'000);
}

TEST(HistogramTest, PercentilesRoundTheRankUp) {
  const HistogramSnapshot four = Of({1, 2, 3, 4});
  EXPECT_EQ(four.ValueAtPercentile(25), 1);
  EXPECT_EQ(four.ValueAtPercentile(25.1), 2);
  EXPECT_EQ(four.ValueAtPercentile(50), 2);
  EXPECT_EQ(four.ValueAtPercentile(51), 3);
  EXPECT_EQ(four.ValueAtPercentile(99), 4);
}

TEST(HistogramTest, AWholeRankIsNotRoundedPastItself) {
  // In floating point 99.9 * 41000 / 100 is a little more than the 40959 that it should be.
  const auto histogram = std::make_unique<Histogram>();
  for (int i = 0; i < 40'959; ++i) histogram->Record(1);
  for (int i = 0; i < 41; ++i) histogram->Record(2);
  EXPECT_EQ(histogram->Snapshot().ValueAtPercentile(99.9), 1);
  EXPECT_EQ(histogram->Snapshot().ValueAtPercentile(99.91), 2);
}

TEST(HistogramTest, PercentilesOutsideTheirRangeAreTheEnds) {
  const HistogramSnapshot snapshot = Of({5'001, 700'001});
  EXPECT_EQ(snapshot.ValueAtPercentile(0), 5'001);
  EXPECT_EQ(snapshot.ValueAtPercentile(-1), 5'001);
  EXPECT_EQ(snapshot.ValueAtPercentile(100), 700'001);
  EXPECT_EQ(snapshot.ValueAtPercentile(1000), 700'001);
}

TEST(HistogramTest, ReportsItsExactLeastAndGreatestValue) {
  const HistogramSnapshot snapshot = Of({1'000'003, 5'000'001, 3'000'000});
  EXPECT_EQ(snapshot.count, 3);
  EXPECT_EQ(snapshot.min, 1'000'003);
  EXPECT_EQ(snapshot.max, 5'000'001);
}

TEST(HistogramTest, CountsZeroAsAValue) {
  const HistogramSnapshot snapshot = Of({0, 0});
  EXPECT_EQ(snapshot.count, 2);
  EXPECT_EQ(snapshot.min, 0);
  EXPECT_EQ(snapshot.max, 0);
  EXPECT_EQ(snapshot.buckets, (std::vector<HistogramSnapshot::Bucket>{{0, 2}}));
}

TEST(HistogramTest, ClampsWhatItRecords) {
  const HistogramSnapshot snapshot = Of({-5, INT64_MIN, INT64_MAX, kHour + 1});
  EXPECT_EQ(snapshot.count, 4);
  EXPECT_EQ(snapshot.min, 0);
  EXPECT_EQ(snapshot.max, kHour);
}

TEST(HistogramTest, IsEmptyAtFirst) {
  EXPECT_EQ(Of({}), HistogramSnapshot());
  EXPECT_EQ(Of({}).ValueAtPercentile(50), 0);
}

TEST(HistogramTest, ForgetsEverythingWhenCleared) {
  const auto histogram = std::make_unique<Histogram>();
  for (const int64_t value : Varied(2, 1000)) histogram->Record(value);
  histogram->Clear();
  EXPECT_EQ(histogram->Snapshot(), HistogramSnapshot());
  // A bucket that was left over would show as soon as the range covers it again.
  histogram->Record(0);
  histogram->Record(kHour);
  EXPECT_EQ(histogram->Snapshot(), Of({0, kHour}));
}

TEST(HistogramMergeTest, EqualsRecordingAllInOne) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const std::vector<int64_t> some = Varied(seed, 500);
    const std::vector<int64_t> others = Varied(seed + 100, static_cast<int>(seed) * 50);
    std::vector<int64_t> all = some;
    all.insert(all.end(), others.begin(), others.end());
    HistogramSnapshot merged = Of(some);
    merged.Merge(Of(others));
    ASSERT_EQ(merged, Of(all)) << seed;
  }
}

TEST(HistogramMergeTest, AnEmptyOneChangesNothing) {
  HistogramSnapshot snapshot = Of({3, 4'000});
  snapshot.Merge({});
  EXPECT_EQ(snapshot, Of({3, 4'000}));
  HistogramSnapshot empty;
  empty.Merge(snapshot);
  EXPECT_EQ(empty, snapshot);
}

TEST(HistogramMergeTest, WithItselfDoublesEveryCount) {
  HistogramSnapshot snapshot = Of({3, 4'000, 4'000});
  snapshot.Merge(snapshot);
  EXPECT_EQ(snapshot, Of({3, 3, 4'000, 4'000, 4'000, 4'000}));
}

}  // namespace
}  // namespace ipclab
