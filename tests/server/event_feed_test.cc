#include "server/feeds/event_feed.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "server/feeds/resume_token.h"
#include "tests/server/error_details.h"
#include "tests/server/fake_outlet.h"
#include "tests/server/patience.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using EventOutlet = FakeOutlet<v1::ExperimentEvent>;

class EventFeedTest : public ::testing::Test {
 protected:
  std::shared_ptr<EventOutlet> Watch(const std::string& resume_token = "") {
    auto outlet = std::make_shared<EventOutlet>();
    OnStrand(loop_, [&] { feed_->Watch(outlet, resume_token); });
    return outlet;
  }

  // So many changes; the experiment's step counts them.
  void Change(int times = 1) {
    OnStrand(loop_, [&] {
      for (int i = 0; i < times; ++i) {
        experiment_.set_step(experiment_.step() + 1);
        v1::ExperimentEvent event;
        event.mutable_state_change()->set_to(E::RUNNING);
        feed_->Append(std::move(event));
      }
    });
  }

  void Close() {
    OnStrand(loop_, [&] { feed_->Close(); });
  }

  // All that was posted has run.
  void Settle() {
    OnStrand(loop_, [] {});
  }

  E experiment_;
  EventLoop loop_;
  std::shared_ptr<EventFeed> feed_ =
      std::make_shared<EventFeed>(loop_, "uid", [this] { return experiment_; });
};

TEST_F(EventFeedTest, BeginsWithASnapshotAndGoesOnWithEveryChange) {
  Change(3);
  const auto outlet = Watch();
  const auto snapshot = outlet->Take();
  ASSERT_TRUE(snapshot && snapshot->has_snapshot());
  EXPECT_EQ(snapshot->sequence(), 3);
  EXPECT_EQ(snapshot->snapshot().step(), 3);
  EXPECT_TRUE(snapshot->has_time());
  for (int sequence = 4; sequence < 8; ++sequence) {
    Change();
    const auto event = outlet->Take();
    ASSERT_TRUE(event && event->has_state_change());
    EXPECT_EQ(event->sequence(), sequence);
  }
}

TEST_F(EventFeedTest, ASlowWatcherMissesNothingAndHindersNobody) {
  const auto slow = Watch();
  const auto fast = Watch();
  ASSERT_TRUE(slow->Await() && fast->Take());
  for (int sequence = 1; sequence <= 100; ++sequence) {
    Change();
    ASSERT_EQ(fast->Take()->sequence(), sequence);
  }
  EXPECT_FALSE(slow->HasWritten());
  slow->Deliver();
  for (int sequence = 1; sequence <= 100; ++sequence) {
    ASSERT_EQ(slow->Take()->sequence(), sequence);
  }
}

// The token that an error carries.
std::string TokenOf(const absl::Status& status) {
  return DetailOf<google::rpc::ErrorInfo>(status).value().metadata().at("resume_token");
}

TEST_F(EventFeedTest, AWatcherThatFellTooFarBehindIsEndedAndMayComeBackForTheRest) {
  constexpr int kChanges = 600;
  const auto outlet = Watch();
  ASSERT_TRUE(outlet->Take());
  Change();
  ASSERT_TRUE(outlet->Await());  // the first change, not read yet
  Change(kChanges - 1);
  const auto status = outlet->finished();
  ASSERT_TRUE(status);
  EXPECT_TRUE(absl::IsResourceExhausted(*status)) << *status;
  EXPECT_EQ(ReasonOf(*status), "WATCHER_TOO_SLOW");
  const auto again = Watch(TokenOf(*status));
  for (int sequence = 2; sequence <= kChanges; ++sequence) {
    ASSERT_EQ(again->Take()->sequence(), sequence);
  }
}

TEST_F(EventFeedTest, HistoryIsBoundedAndSaysSo) {
  Change(2);
  const auto outlet = Watch();
  const std::string token = outlet->Take()->resume_token();
  Change(10'000);
  const auto late = Watch(token);
  ASSERT_TRUE(late->finished());
  EXPECT_TRUE(absl::IsOutOfRange(*late->finished())) << *late->finished();
  EXPECT_EQ(Watch()->Take()->sequence(), 10'002) << "a snapshot is always to be had";
}

TEST_F(EventFeedTest, WhateverIsKeptMayBeComeBackFor) {
  constexpr int kKept = 1024;
  Change(kKept + 1);
  const auto outlet = Watch(MakeResumeToken("uid", 1));
  for (int sequence = 2; sequence <= kKept + 1; ++sequence) {
    ASSERT_EQ(outlet->Take()->sequence(), sequence);
  }
  EXPECT_TRUE(Watch(MakeResumeToken("uid", 0))->finished().has_value());
}

TEST_F(EventFeedTest, ATokenIsOfOneExperiment) {
  for (const std::string& token :
       {std::string("nonsense"), MakeResumeToken("another", 1), MakeResumeToken("uid", -1)}) {
    const auto outlet = Watch(token);
    ASSERT_TRUE(outlet->finished()) << token;
    EXPECT_TRUE(absl::IsInvalidArgument(*outlet->finished())) << *outlet->finished();
  }
  const auto future = Watch(MakeResumeToken("uid", 5));
  EXPECT_TRUE(absl::IsOutOfRange(future->finished().value()));
}

TEST_F(EventFeedTest, AResumedWatchHasNoSnapshotButTheLast) {
  Change(3);
  const auto outlet = Watch(MakeResumeToken("uid", 1));
  EXPECT_EQ(outlet->Take()->sequence(), 2);
  EXPECT_EQ(outlet->Take()->sequence(), 3);
  Close();
  EXPECT_TRUE(outlet->Take()->has_snapshot());
  Settle();
  EXPECT_EQ(outlet->finished(), absl::OkStatus());
}

TEST_F(EventFeedTest, EndsWithALastSnapshotAndOk) {
  const auto outlet = Watch();
  ASSERT_TRUE(outlet->Take());
  Change();
  Close();
  EXPECT_TRUE(outlet->Take()->has_state_change());
  const auto last = outlet->Await();
  ASSERT_TRUE(last && last->has_snapshot());
  EXPECT_EQ(last->sequence(), 1);
  EXPECT_EQ(last->snapshot().step(), 1);
  EXPECT_FALSE(outlet->finished());
  outlet->Deliver();
  Settle();
  EXPECT_EQ(outlet->finished(), absl::OkStatus());
}

TEST_F(EventFeedTest, AfterTheEndThereIsOneSnapshot) {
  Change();
  Close();
  const auto outlet = Watch();
  EXPECT_TRUE(outlet->Take()->has_snapshot());
  Settle();
  EXPECT_EQ(outlet->finished(), absl::OkStatus());
  EXPECT_FALSE(outlet->HasWritten());
}

TEST_F(EventFeedTest, AbortEndsEveryWatchEvenWithAMessageInFlight) {
  const auto busy = Watch();
  const auto idle = Watch();
  ASSERT_TRUE(busy->Await() && idle->Take());
  OnStrand(loop_, [&] { feed_->Abort(absl::UnavailableError("stopping")); });
  EXPECT_TRUE(absl::IsUnavailable(busy->finished().value()));
  EXPECT_EQ(TokenOf(*busy->finished()), MakeResumeToken("uid", 0)) << "to go on with";
  EXPECT_TRUE(absl::IsUnavailable(idle->finished().value()));
}

TEST_F(EventFeedTest, AClientThatWentAwayIsForgotten) {
  const auto outlet = Watch();
  ASSERT_TRUE(outlet->Take());
  outlet->GoAway();
  Change();
  Settle();
  EXPECT_FALSE(outlet->HasWritten());
  EXPECT_EQ(outlet.use_count(), 1) << "the feed holds it still";
}

TEST_F(EventFeedTest, AWatchersLastCallMayComeAfterTheFeed) {
  const auto outlet = Watch();
  ASSERT_TRUE(outlet->Await());
  OnStrand(loop_, [&] { feed_.reset(); });
  outlet->Deliver();
  Settle();
  EXPECT_FALSE(outlet->HasWritten());
}

}  // namespace
}  // namespace ipclab
