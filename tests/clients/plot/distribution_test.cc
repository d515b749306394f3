// How distributions become what is drawn.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <vector>

#include "clients/cli/plot/density.h"
#include "clients/cli/plot/figure.h"
#include "clients/cli/plot/share_steps.h"
#include "clients/cli/plot/timeline.h"

namespace ipclab::plot {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

HistogramSnapshot Of(const std::vector<int64_t>& values) {
  const auto histogram = std::make_unique<Histogram>();
  for (const int64_t value : values) histogram->Record(value);
  return histogram->Snapshot();
}

Slice SliceAt(double begin_seconds, const std::vector<int64_t>& values) {
  return {begin_seconds * 1e9, 1e8, Of(values)};
}

TEST(ShareStepsTest, GoFromNothingToAll) {
  EXPECT_THAT(ShareSteps(Of({10, 10, 20, 40})),
              ElementsAre(ShareStep{0, 0.5, 10}, ShareStep{0.5, 0.75, 20}, ShareStep{0.75, 1, 40}));
}

TEST(ShareStepsTest, TheLastIsTheExactMaximum) {
  EXPECT_EQ(ShareSteps(Of({1'000'001})).back().value, 1'000'001);
}

TEST(ShareStepsTest, OfNothingThereAreNone) { EXPECT_THAT(ShareSteps({}), IsEmpty()); }

TEST(SupportedShareTest, IsWhatPercentilesNeed) {
  HistogramSnapshot histogram = {.count = 299, .min = 0, .max = 0, .buckets = {}};
  EXPECT_GE(SupportedShare(histogram), 0.99);
  histogram.count = 290;
  EXPECT_LT(SupportedShare(histogram), 0.99);
  histogram.count = 2995;
  EXPECT_GE(SupportedShare(histogram), 0.999);
  histogram.count = 1;
  EXPECT_EQ(SupportedShare(histogram), 0);
}

TEST(DensityTest, EveryValueIsInItsRow) {
  const Scale scale = {true, 10, 100'000};
  const std::vector<double> counts = Density(Of({20'000, 20'000, 15, 99'000}), scale, 4);
  ASSERT_THAT(counts, SizeIs(4));
  EXPECT_NEAR(counts[0], 1, 1e-6);
  EXPECT_NEAR(counts[1], 0, 1e-6);
  EXPECT_NEAR(counts[3], 3, 1e-6);
}

TEST(DensityTest, ACoarseBucketIsSharedOutAndNothingIsLost) {
  const Scale scale = {true, 1, 10};
  const std::vector<double> counts = Density(Of({1, 1, 1}), scale, 10);
  EXPECT_GT(counts[0], 0.9);
  EXPECT_GT(counts[2], 0.9);  // 1 ns is anything up to 2 ns
  EXPECT_EQ(counts[5], 0);
  EXPECT_NEAR(std::accumulate(counts.begin(), counts.end(), 0.0), 3, 1e-6);
}

TEST(DensityTest, TheGreatestValueIsInTheLastRowWhereTheScaleEndsWithIt) {
  const Scale scale = {.logarithmic = true, .low = 1000, .high = 2000};
  const HistogramSnapshot histogram = {
      .count = 7, .min = 2000, .max = 2000, .buckets = {{HistogramLayout::IndexOf(2000), 7}}};
  EXPECT_NEAR(Density(histogram, scale, 10).back(), 7, 1e-6);
}

TEST(ShadeTest, GoesByTheLogarithm) {
  EXPECT_EQ(ShadeOf(1, 1e9, 9), 0);
  EXPECT_EQ(ShadeOf(1e3, 1e9, 9), 3);
  EXPECT_EQ(ShadeOf(1e9, 1e9, 9), 8);
  EXPECT_EQ(ShadeOf(1, 1, 9), 0);
  EXPECT_EQ(LeastWhole(3, 1e9, 9), 1000);
}

TEST(TimelineTest, TrialsFollowEachOther) {
  Item item;
  item.results.resize(3);
  item.results[0].slices = {SliceAt(0, {1}), SliceAt(0.1, {2})};
  item.results[2].slices = {SliceAt(0, {3})};
  const Timeline timeline = TimelineOf(item, 100);
  ASSERT_THAT(timeline.stretches, SizeIs(2));  // one trial has no slices
  EXPECT_EQ(timeline.stretches[0].trial, &item.results[0]);
  EXPECT_NEAR(timeline.stretches[1].begin, 0.2, 1e-9);
  EXPECT_NEAR(timeline.stretches[1].pieces[0].end, 0.3, 1e-9);
  EXPECT_NEAR(timeline.seconds, 0.3, 1e-9);
}

TEST(TimelineTest, SlicesAreTakenTogetherWhereThereAreTooMany) {
  Item item;
  item.results.resize(1);
  for (int i = 0; i < 10; ++i) item.results[0].slices.push_back(SliceAt(i * 0.1, {i + 1}));
  const Timeline timeline = TimelineOf(item, 4);
  ASSERT_THAT(timeline.stretches[0].pieces, SizeIs(4));
  EXPECT_EQ(timeline.stretches[0].pieces[0].histogram, Of({1, 2, 3}));
  EXPECT_EQ(timeline.stretches[0].pieces[3].histogram, Of({10}));
  EXPECT_NEAR(timeline.TypicalPiece(), 0.3, 1e-9);  // three of the four
}

TEST(FigureTest, TheMedianIsOfTrialsThatCount) {
  Item item;
  item.results.resize(4);
  item.results[0].p50 = 10;
  item.results[1].p50 = 30;
  item.results[2].p50 = 20;
  item.results[3].p50 = 1000;
  item.results[3].used = false;
  EXPECT_EQ(MedianOfTrials({}, item), 20);
  item.results[3].used = true;
  EXPECT_EQ(MedianOfTrials({}, item), 25);
}

}  // namespace
}  // namespace ipclab::plot
