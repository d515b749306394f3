// The open loop: when messages are due, and from when their latency counts.

#include "worker/pacer.h"
#include "tests/support/nap.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "worker/patterns/pattern.h"

namespace ipclab {
namespace {

constexpr int64_t kStallNanos = 10'000'000;
constexpr int64_t kAlmostAll = kStallNanos * 8 / 10;

v1::Load LoadOf(double per_second, v1::Load::Arrivals arrivals = v1::Load::FIXED,
                int64_t seed = 1) {
  v1::Load load;
  load.set_per_second(per_second);
  load.set_arrivals(arrivals);
  load.set_seed(seed);
  return load;
}

std::vector<uint64_t> Moments(const v1::Load& load, int rank, size_t count) {
  DueTimes schedule(load, rank, Clock::System());  // its ticks are nanoseconds
  std::vector<uint64_t> moments(count);
  std::ranges::generate(moments, [&] { return schedule.Next(); });
  return moments;
}

TEST(ScheduleTest, FixedGapsAreAllTheSame) {
  EXPECT_EQ(Moments(LoadOf(1000), 0, 4),
            (std::vector<uint64_t>{0, 1'000'000, 2'000'000, 3'000'000}));
}

TEST(ScheduleTest, AFixedScheduleDoesNotDriftInAMillionMessages) {
  EXPECT_NEAR(static_cast<double>(Moments(LoadOf(30'000), 0, 1'000'001).back()), 1e9 / 3 * 100,
              1000);
}

TEST(ScheduleTest, ByChanceGapsHaveTheMeanAndTheSpreadOfIndependentArrivals) {
  constexpr size_t kCount = 100'000;
  const std::vector<uint64_t> moments = Moments(LoadOf(10'000, v1::Load::POISSON), 0, kCount + 1);
  constexpr double kMean = 100'000;
  double squares = 0;
  int64_t short_gaps = 0;
  for (size_t i = 0; i < kCount; ++i) {
    const auto gap = static_cast<double>(moments[i + 1] - moments[i]);
    squares += (gap - kMean) * (gap - kMean);
    short_gaps += gap < kMean ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(moments.back()) / kCount, kMean, kMean * 0.02);
  EXPECT_NEAR(squares / kCount, kMean * kMean, kMean * kMean * 0.05);
  EXPECT_NEAR(static_cast<double>(short_gaps) / kCount, 0.632, 0.01);  // 1 - 1/e
}

TEST(ScheduleTest, TheSameSeedGivesEachRankTheSameMomentsAndNoOther) {
  const v1::Load load = LoadOf(10'000, v1::Load::POISSON, 7);
  EXPECT_EQ(Moments(load, 0, 100), Moments(load, 0, 100));
  EXPECT_EQ(Moments(load, 3, 100), Moments(load, 3, 100));
  EXPECT_NE(Moments(load, 0, 100), Moments(load, 3, 100));
  EXPECT_NE(Moments(load, 0, 100), Moments(LoadOf(10'000, v1::Load::POISSON, 8), 0, 100));
}

// Holds one message; the Send of one of them takes 10 ms.
class StallingChannel final : public Channel {
 public:
  StallingChannel(const Clock& clock, int stalled) : clock_(clock), stalled_(stalled) {}

  IoStatus Send(std::span<const std::byte> message) override {
    held_.assign(message.begin(), message.end());
    const uint64_t begin = clock_.Now();
    while (sent_ == stalled_ && clock_.Nanos(begin, clock_.Now()) < kStallNanos) {
    }
    ++sent_;
    return IoStatus::kOk;
  }
  IoStatus Receive(std::span<std::byte> message) override {
    std::ranges::copy(held_, message.begin());
    return IoStatus::kOk;
  }
  IoStatus TrySend(std::span<const std::byte> message) override { return Send(message); }
  IoStatus TryReceive(std::span<std::byte> message) override { return Receive(message); }
  absl::StatusOr<int64_t> Depth() const override { return absl::UnimplementedError("one"); }

 private:
  const Clock& clock_;
  const int stalled_;
  std::vector<std::byte> held_;
  int sent_ = 0;
};

class OpenLoopTest : public testing::Test {
 protected:
  LegOutcome RunLeg(v1::Pattern::Kind pattern, int64_t messages, int stalled = -1) {
    figures_.Clear();
    for (Histogram* histogram : {&page_->round_trip, &page_->one_way, &page_->send_call}) {
      histogram->Clear();
    }
    StallingChannel channel(clock_, stalled);
    Traffic traffic(MessageFormat(64, pattern == v1::Pattern::STREAM), true, false);
    internal::Leg leg;
    leg.set_messages(messages);
    const internal::LinkSetup link;
    Lane lane = {channel, traffic, 0, LegEnd(page_of_all_->leg_ends[0], 0), link};
    LegRun run = {.channel = channel,
                  .clock = clock_,
                  .traffic = traffic,
                  .figures = figures_,
                  .limit = LegLimit(leg, clock_, page_of_all_->stop),
                  .first_counted = 0,
                  .lossy = false,
                  .leg_end = lane.leg_end,
                  .lanes = {&lane, 1},
                  .setup = setup_,
                  .page = *page_of_all_};
    return FindPattern(pattern)->Find(internal::BOTH)->run(run);
  }

  void SetRate(double per_second) {
    *setup_.mutable_measure()->mutable_load() = LoadOf(per_second);
  }

  // The latency of the pattern.
  HistogramSnapshot Latency(v1::Pattern::Kind pattern) const {
    return pattern == v1::Pattern::STREAM ? page_->one_way.Snapshot()
                                          : page_->round_trip.Snapshot();
  }

  const Clock clock_ = Clock::System();
  const std::unique_ptr<WorkerPage> page_ = std::make_unique<WorkerPage>();
  const std::unique_ptr<ControlPage> page_of_all_ = std::make_unique<ControlPage>();
  Figures figures_{*page_, clock_, /*cpu=*/-1};
  internal::WorkerSetup setup_;
};

constexpr int64_t kMessages = 4000;
constexpr double kPerSecond = 20'000;  // so that the stall delays 200 of them

TEST_F(OpenLoopTest, AStallIsInTheFigureOfEveryMessageThatItDelayed) {
  SetRate(kPerSecond);
  for (const auto pattern : {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM}) {
    ASSERT_TRUE(RunLeg(pattern, kMessages, /*stalled=*/1000).ok());
    const HistogramSnapshot latency = Latency(pattern);
    EXPECT_EQ(latency.count, kMessages);
    EXPECT_GT(latency.ValueAtPercentile(99.9), kAlmostAll);
    EXPECT_GT(latency.ValueAtPercentile(98), kStallNanos / 4);  // 80 were delayed by 6 ms and more
  }
  EXPECT_EQ(page_->corrupted, 0);
}

TEST_F(OpenLoopTest, TheClosedLoopHidesTheSameStall) {
  for (const auto pattern : {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM}) {
    ASSERT_TRUE(RunLeg(pattern, kMessages, /*stalled=*/1000).ok());
    const HistogramSnapshot latency = Latency(pattern);
    EXPECT_GT(latency.max, kAlmostAll);
    EXPECT_LT(latency.ValueAtPercentile(99.9), kStallNanos / 4);
  }
}

TEST_F(OpenLoopTest, TheSendCallIsTimedAlone) {
  SetRate(kPerSecond);
  ASSERT_TRUE(RunLeg(v1::Pattern::STREAM, kMessages, /*stalled=*/1000).ok());
  EXPECT_GT(page_->send_call.Snapshot().max, kAlmostAll);
  EXPECT_LT(page_->send_call.Snapshot().ValueAtPercentile(99.9), kStallNanos / 4);
}

TEST_F(OpenLoopTest, NoMessageIsSentBeforeItIsDue) {
  SetRate(kPerSecond);
  ASSERT_TRUE(RunLeg(v1::Pattern::ROUND_TRIP, 400).ok());
  EXPECT_GE(page_->span_nanos, 398 * 50'000);  // The clock of the first was read after it was due.
}

TEST_F(OpenLoopTest, ARateThatCannotBeReachedIsSentAsFastAsItGoesAndEnds) {
  SetRate(1e8);
  ASSERT_TRUE(RunLeg(v1::Pattern::ROUND_TRIP, 10'000).ok());
  EXPECT_EQ(page_->messages, 10'000);
  EXPECT_GT(page_->round_trip.Snapshot().max, page_->span_nanos / 2);  // the lag of the last ones
}

TEST_F(OpenLoopTest, AStopIsNoticedBetweenTwoMessagesThatAreFarApart) {
  SetRate(1e-3);
  std::jthread stopper([this] {
    while (page_->progress < 5) Nap();  // it naps, and says so
    page_of_all_->stop = 1;
  });
  ASSERT_TRUE(RunLeg(v1::Pattern::ROUND_TRIP, 10).ok());
  EXPECT_EQ(page_->messages, 2);
  EXPECT_LT(page_->round_trip.Snapshot().max, kStallNanos) << "it was sent early, not late";
}

}  // namespace
}  // namespace ipclab
