#include "server/slices.h"

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;

// A run of which every call adds a millisecond with so many values.
class SlicedRun {
 public:
  void Pass(int64_t nanos, int64_t count) {
    HistogramSnapshot more = {.count = count,
                              .min = nanos,
                              .max = nanos,
                              .buckets = {{HistogramLayout::IndexOf(nanos), count}}};
    all_.Merge(more);
    elapsed_ += 1'000'000;
    slices_.Add({all_, all_.count, elapsed_});
  }
  void End(int64_t more_nanos = 0) {
    elapsed_ += more_nanos;
    slices_.EndLeg({all_, all_.count, elapsed_});
  }
  void Begin() {
    slices_.BeginLeg();
    all_ = {};
    elapsed_ = 0;
  }

  v1::Result Told() const {
    v1::Result result;
    slices_.AddTo(result);
    return result;
  }
  const Slices& slices() const { return slices_; }

 private:
  Slices slices_;
  HistogramSnapshot all_;
  int64_t elapsed_ = 0;
};

std::vector<int64_t> MessagesOf(const v1::Result& result) {
  std::vector<int64_t> messages;
  for (const v1::Slice& slice : result.slices()) messages.push_back(slice.messages());
  return messages;
}

int64_t CountIn(const v1::Result& result) {
  int64_t sum = 0;
  for (const v1::Slice& slice : result.slices()) {
    for (const int64_t count : slice.histogram().counts()) sum += count;
  }
  return sum;
}

TEST(SlicesTest, EachHasWhatArrivedInIt) {
  SlicedRun run;
  run.Begin();
  run.Pass(100, 10);
  run.Pass(200, 20);
  run.Pass(100, 5);
  run.End();
  const v1::Result result = run.Told();
  EXPECT_THAT(MessagesOf(result), ElementsAre(10, 20, 5));
  EXPECT_EQ(result.slices(1).begin().nanos(), 1'000'000);
  EXPECT_EQ(result.slices(1).length().nanos(), 1'000'000);
  EXPECT_THAT(result.slices(1).histogram().indexes(), ElementsAre(HistogramLayout::IndexOf(200)));
  EXPECT_THAT(result.slices(2).histogram().counts(), ElementsAre(5));
}

TEST(SlicesTest, ALegThatGoesOnBeginsWhereTheOneBeforeEnded) {
  SlicedRun run;
  run.Begin();
  run.Pass(100, 10);
  run.End();
  run.Begin();
  run.Pass(100, 7);
  run.End();
  const v1::Result result = run.Told();
  EXPECT_THAT(MessagesOf(result), ElementsAre(10, 7));
  EXPECT_EQ(result.slices(1).begin().nanos(), 1'000'000);
}

TEST(SlicesTest, ATooShortRestMakesTheLastOneLonger) {
  SlicedRun run;
  run.Begin();
  run.Pass(100, 10);
  run.Pass(100, 10);
  run.End(400'000);
  const v1::Result result = run.Told();
  ASSERT_EQ(result.slices_size(), 2);
  EXPECT_EQ(result.slices(1).length().nanos(), 1'400'000);
}

TEST(SlicesTest, ALongRunHasLongerOnesAndLosesNothing) {
  SlicedRun run;
  run.Begin();
  for (int i = 0; i < 5000; ++i) run.Pass(100 + i % 50, 3);
  run.End();
  EXPECT_LE(run.slices().size(), 600u);
  EXPECT_GT(run.slices().size(), 250u);
  EXPECT_EQ(CountIn(run.Told()), 15'000);
}

TEST(SlicesTest, WideOnesAreFewerSoThatTheResultStaysSmall) {
  SlicedRun run;
  run.Begin();
  for (int i = 0; i < 500; ++i) {
    for (int value = 0; value < 40; ++value) run.Pass(1000 + 997 * ((i * 40 + value) % 3000), 1);
  }
  run.End();
  EXPECT_LT(run.Told().ByteSizeLong(), 1u << 20);
  EXPECT_GE(run.slices().size(), 10u);
  EXPECT_EQ(CountIn(run.Told()), 20'000);
}

TEST(SlicesTest, ManyShortLegsStayFewSlicesAndALongOneAfterThemIsStillCut) {
  SlicedRun run;
  for (int i = 0; i < 3000; ++i) {
    run.Begin();
    run.Pass(100, 1);
    run.End();
  }
  EXPECT_LE(run.slices().size(), 600u);
  const size_t before = run.slices().size();
  run.Begin();
  for (int i = 0; i < 20; ++i) run.Pass(100, 1);
  run.End();
  EXPECT_GE(run.slices().size(), std::min<size_t>(before + 20, 300));
  EXPECT_EQ(CountIn(run.Told()), 3020);
}

TEST(SlicesTest, ATrendIsSeenByLatencyOrByRate) {
  SlicedRun slower;
  slower.Begin();
  for (int i = 0; i < 20; ++i) slower.Pass(1000 + i * 10, 100);
  slower.End();
  ASSERT_TRUE(slower.slices().DriftOf(true).has_value());
  EXPECT_GT(slower.slices().DriftOf(true)->change, 0.1);
  EXPECT_NEAR(slower.slices().DriftOf(false)->change, 0, 0.01) << "the rate is even";
}

TEST(SlicesTest, AFewSlicesHaveNoTrend) {
  SlicedRun run;
  run.Begin();
  for (int i = 0; i < 4; ++i) run.Pass(1000 + i * 100, 100);
  run.End();
  EXPECT_FALSE(run.slices().DriftOf(true).has_value());
}

}  // namespace
}  // namespace ipclab
