#include "server/feeds/metrics_feed.h"

#include <memory>

#include "gtest/gtest.h"
#include "tests/server/fake_outlet.h"
#include "tests/server/patience.h"

namespace ipclab {
namespace {

using MetricsOutlet = FakeOutlet<v1::Metrics>;

constexpr absl::Duration kOften = absl::Milliseconds(1);
constexpr absl::Duration kNever = absl::Hours(1);

class MetricsFeedTest : public ::testing::Test {
 protected:
  ~MetricsFeedTest() override { loop_.Stop(); }

  std::shared_ptr<MetricsOutlet> Watch(absl::Duration interval) {
    auto outlet = std::make_shared<MetricsOutlet>();
    OnStrand(loop_, [&] { feed_->Watch(outlet, interval); });
    return outlet;
  }

  void Close() {
    OnStrand(loop_, [&] { feed_->Close(); });
  }

  // Lets at least this long a time of the loop pass, by its own timers.
  void Pass(absl::Duration time) {
    Mailbox<bool> passed;
    OnStrand(loop_, [&] { loop_.After(time, [&] { passed.Put(true); }); });
    passed.Take();
  }

  void Settle() {
    OnStrand(loop_, [] {});
  }

  int64_t reads_ = 0;
  EventLoop loop_;
  std::shared_ptr<MetricsFeed> feed_ = std::make_shared<MetricsFeed>(loop_, [this] {
    v1::Metrics metrics;
    metrics.set_sequence(++reads_);
    return metrics;
  });
};

TEST_F(MetricsFeedTest, BeginsAtOnceAndGoesOnAtItsInterval) {
  const auto outlet = Watch(kOften);
  for (int sequence = 1; sequence <= 5; ++sequence) {
    const auto metrics = outlet->Take();
    ASSERT_TRUE(metrics);
    EXPECT_EQ(metrics->sequence(), sequence);
  }
  const auto rare = Watch(kNever);
  EXPECT_TRUE(rare->Take());
  EXPECT_FALSE(rare->HasWritten());
}

TEST_F(MetricsFeedTest, WhatASlowWatcherMissedIsCountedOnce) {
  const auto outlet = Watch(kOften);
  ASSERT_EQ(outlet->Await()->skipped(), 0);
  Pass(absl::Milliseconds(20));
  OnStrand(loop_, [&] { EXPECT_EQ(reads_, 1) << "figures were read for nobody"; });
  outlet->Deliver();
  const auto late = outlet->Await();
  ASSERT_TRUE(late);
  EXPECT_GT(late->skipped(), 0);
  EXPECT_EQ(late->sequence(), 2) << "the newest, not those that were missed";
}

TEST_F(MetricsFeedTest, EndsWithTheLastFiguresAndOk) {
  const auto idle = Watch(kNever);
  const auto busy = Watch(kNever);
  ASSERT_TRUE(idle->Take() && busy->Await());
  OnStrand(loop_, [&] { reads_ = 100; });
  Close();
  EXPECT_GT(idle->Take()->sequence(), 100);
  Settle();
  EXPECT_EQ(idle->finished(), absl::OkStatus());
  EXPECT_FALSE(busy->HasWritten());
  busy->Deliver();
  EXPECT_GT(busy->Take()->sequence(), 100);
  Settle();
  EXPECT_EQ(busy->finished(), absl::OkStatus());
}

TEST_F(MetricsFeedTest, NoTimerAddsToTheLastFigures) {
  const auto outlet = Watch(kOften);
  ASSERT_TRUE(outlet->Await());
  Close();
  outlet->TurnIdle();
  Pass(absl::Milliseconds(5));
  EXPECT_FALSE(outlet->HasWritten());
  outlet->TellChange();
  ASSERT_TRUE(outlet->Take());
  Settle();
  EXPECT_FALSE(outlet->HasWritten());
  EXPECT_EQ(outlet->finished(), absl::OkStatus());
}

TEST_F(MetricsFeedTest, AfterTheEndThereIsOneSnapshot) {
  Close();
  const auto outlet = Watch(kOften);
  ASSERT_TRUE(outlet->Take());
  Settle();
  EXPECT_EQ(outlet->finished(), absl::OkStatus());
  EXPECT_FALSE(outlet->HasWritten());
}

TEST_F(MetricsFeedTest, AbortEndsEveryWatch) {
  const auto outlet = Watch(kOften);
  ASSERT_TRUE(outlet->Await());
  OnStrand(loop_, [&] { feed_->Abort(absl::UnavailableError("stopping")); });
  EXPECT_TRUE(absl::IsUnavailable(outlet->finished().value()));
  Pass(absl::Milliseconds(5));
  EXPECT_FALSE(outlet->HasWritten());
  EXPECT_EQ(outlet.use_count(), 1) << "the feed holds it still";
}

TEST_F(MetricsFeedTest, AClientThatWentAwayIsForgottenWithItsTimer) {
  const auto outlet = Watch(kOften);
  ASSERT_TRUE(outlet->Await());
  outlet->GoAway();
  Settle();
  EXPECT_EQ(outlet.use_count(), 1);
  Pass(absl::Milliseconds(5));
  OnStrand(loop_, [&] { EXPECT_EQ(reads_, 1); });
}

TEST_F(MetricsFeedTest, ATimerMayComeAfterTheFeed) {
  const auto outlet = Watch(kOften);
  ASSERT_TRUE(outlet->Await());
  OnStrand(loop_, [&] { feed_.reset(); });
  Pass(absl::Milliseconds(5));
  outlet->Deliver();
  Settle();
  EXPECT_FALSE(outlet->HasWritten());
}

}  // namespace
}  // namespace ipclab
