// Histograms in shared memory: what they cost, and what a reader sees while the writer writes.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <memory>
#include <new>
#include <numeric>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "common/histogram.h"
#include "common/mapping.h"

namespace ipclab {
namespace {

constexpr int64_t kBlocksPerPage = 4096 / 512;

class SharedHistogramTest : public testing::Test {
 protected:
  SharedHistogramTest() {
    auto file = CreateMemoryFile("test", sizeof(Histogram));
    EXPECT_TRUE(file.ok()) << file.status();
    file_ = *std::move(file);
    auto mapping = Mapping::Shared(file_.get(), sizeof(Histogram));
    EXPECT_TRUE(mapping.ok()) << mapping.status();
    mapping_ = *std::move(mapping);
  }

  // Zero bytes are a histogram: nothing is constructed.
  Histogram& histogram() { return *std::launder(static_cast<Histogram*>(mapping_.data())); }

  int64_t PagesInUse() const {
    struct stat found = {};
    EXPECT_EQ(::fstat(file_.get(), &found), 0);
    return found.st_blocks / kBlocksPerPage;
  }

  UniqueFd file_;
  Mapping mapping_;
};

TEST_F(SharedHistogramTest, ZeroBytesAreAnEmptyOne) {
  EXPECT_EQ(histogram().Snapshot(), HistogramSnapshot());
  histogram().Record(42);
  EXPECT_EQ(histogram().Snapshot().count, 1);
}

TEST_F(SharedHistogramTest, LookingAtAnEmptyOneTouchesOnlyItsFirstPage) {
  histogram().Snapshot();
  histogram().Clear();
  EXPECT_LE(PagesInUse(), 1);
}

TEST_F(SharedHistogramTest, OnlyThePagesBetweenItsEndsAreTouched) {
  histogram().Record(2'000'000);
  histogram().Record(2'001'000);
  histogram().Snapshot();
  histogram().Clear();
  EXPECT_LE(PagesInUse(), 2);
}

TEST_F(SharedHistogramTest, TouchTakesEveryPageAndChangesNothing) {
  histogram().Record(42);
  const HistogramSnapshot before = histogram().Snapshot();
  histogram().Touch();
  EXPECT_EQ(PagesInUse(), static_cast<int64_t>((sizeof(Histogram) + 4095) / 4096));
  EXPECT_EQ(histogram().Snapshot(), before);
}

TEST_F(SharedHistogramTest, AReaderSeesWholeCountsThatNeverGoBack) {
  constexpr int kValues = 300'000;
  std::atomic<bool> done = false;
  std::thread writer([&] {
    std::mt19937_64 random(1);
    for (int i = 0; i < kValues; ++i) {
      histogram().Record(static_cast<int64_t>(random() >> (30 + random() % 30)));
    }
    done = true;
  });
  int64_t seen = 0;
  for (bool last = false; !last;) {
    last = done;
    const HistogramSnapshot snapshot = histogram().Snapshot();
    const int64_t sum =
        std::accumulate(snapshot.buckets.begin(), snapshot.buckets.end(), int64_t{0},
                        [](int64_t total, const auto& bucket) { return total + bucket.count; });
    // No fatal assertion while the writer runs.
    EXPECT_EQ(snapshot.count, sum);
    EXPECT_GE(snapshot.count, seen);
    EXPECT_LE(snapshot.min, snapshot.max);
    EXPECT_LE(snapshot.ValueAtPercentile(50), snapshot.max);
    seen = snapshot.count;
  }
  writer.join();
  EXPECT_EQ(seen, kValues);
}

// The words of a histogram, to set up what a reader may find in the middle of a Record.
struct Words {
  std::atomic<int64_t> least_plus_one;
  std::atomic<int64_t> greatest;
  std::atomic<int64_t> counts[HistogramLayout::kCounts];
};
static_assert(sizeof(Words) == sizeof(Histogram));

class TornHistogramTest : public SharedHistogramTest {
 protected:
  Words& words() { return *std::launder(static_cast<Words*>(mapping_.data())); }
};

TEST_F(TornHistogramTest, ACountWithoutItsEndsIsNotThereYet) {
  words().counts[HistogramLayout::IndexOf(5'000)] = 1;
  EXPECT_EQ(histogram().Snapshot(), HistogramSnapshot());
}

TEST_F(TornHistogramTest, AFirstValueWithoutItsMaximumIsWhole) {
  words().counts[HistogramLayout::IndexOf(5'001)] = 1;
  words().least_plus_one = 5'002;
  const HistogramSnapshot snapshot = histogram().Snapshot();
  EXPECT_EQ(snapshot.count, 1);
  EXPECT_EQ(snapshot.min, 5'001);
  EXPECT_EQ(snapshot.max, 5'001);
}

TEST_F(TornHistogramTest, AGreatestValueBeyondTheMaximumComesWithTheNextSnapshot) {
  histogram().Record(10);
  words().counts[HistogramLayout::IndexOf(5'000)] = 1;
  EXPECT_EQ(histogram().Snapshot().count, 1);
  words().greatest = 5'000;
  const HistogramSnapshot snapshot = histogram().Snapshot();
  EXPECT_EQ(snapshot.count, 2);
  EXPECT_EQ(snapshot.max, 5'000);
}

TEST_F(TornHistogramTest, EndsThatAreAheadOfTheCountsAreFittedToThem) {
  histogram().Record(5'000);
  words().least_plus_one = 11;
  words().greatest = 1'000'000;
  const HistogramSnapshot snapshot = histogram().Snapshot();
  EXPECT_EQ(snapshot.count, 1);
  EXPECT_EQ(HistogramLayout::IndexOf(snapshot.min), HistogramLayout::IndexOf(5'000));
  EXPECT_EQ(HistogramLayout::IndexOf(snapshot.max), HistogramLayout::IndexOf(5'000));
}

}  // namespace
}  // namespace ipclab
