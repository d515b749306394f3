#include "server/explore/explore_feed.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/server/fake_outlet.h"

namespace ipclab {
namespace {

using FakeExploreOutlet = FakeOutlet<v1::ExploreEvent>;

v1::ExploreEvent ProgressAt(double seconds) {
  v1::ExploreEvent event;
  event.mutable_progress()->set_seconds(seconds);
  return event;
}

v1::ExploreEvent FindingOf(const std::string& check) {
  v1::ExploreEvent event;
  event.mutable_finding()->set_check(check);
  return event;
}

v1::ExploreEvent End() {
  v1::ExploreEvent event;
  event.mutable_exploration()->set_complete(true);
  return event;
}

// What comes next, in a word: "1" of progress, the check of a finding, "end".
std::string Word(const std::optional<v1::ExploreEvent>& event) {
  if (!event) return "nothing";
  if (event->has_progress()) return std::to_string(static_cast<int>(event->progress().seconds()));
  return event->has_finding() ? event->finding().check() : "end";
}

class ExploreFeedTest : public testing::Test {
 protected:
  template <class Act>
  void Do(const Act& act) {
    OnStrand(loop_, [&] { act(*feed_); });
  }
  bool over() {
    OnStrand(loop_, [] {});
    return over_;
  }

  EventLoop loop_;
  std::atomic<bool> over_ = false;
  const std::shared_ptr<FakeExploreOutlet> outlet_ = std::make_shared<FakeExploreOutlet>();
  const std::shared_ptr<ExploreFeed> feed_ =
      ExploreFeed::Open(loop_, outlet_, [this] { over_ = true; });
};

TEST_F(ExploreFeedTest, ProgressThatNobodyTookGivesWayToNewer) {
  Do([](ExploreFeed& feed) {
    for (const int i : {1, 2, 3, 4}) feed.Put(ProgressAt(i));
  });
  EXPECT_EQ(Word(outlet_->Take()), "1");
  EXPECT_EQ(Word(outlet_->Take()), "4");
  Do([](ExploreFeed& feed) { feed.Put(ProgressAt(5)); });
  EXPECT_EQ(Word(outlet_->Take()), "5");
}

TEST_F(ExploreFeedTest, FindingsAndTheEndAreNeverLost) {
  Do([](ExploreFeed& feed) {
    feed.Put(ProgressAt(1));
    feed.Put(FindingOf("a"));
    feed.Put(ProgressAt(2));
    feed.Put(FindingOf("b"));
    feed.Put(End());
    feed.End(absl::OkStatus());
  });
  EXPECT_FALSE(over());
  for (const char* word : {"1", "a", "b", "end"}) EXPECT_EQ(Word(outlet_->Take()), word);
  EXPECT_TRUE(over());
  ASSERT_TRUE(outlet_->finished().has_value());
  EXPECT_TRUE(outlet_->finished()->ok());
}

TEST_F(ExploreFeedTest, AnErrorComesBehindWhatWasFound) {
  Do([](ExploreFeed& feed) {
    feed.Put(FindingOf("a"));
    feed.Put(ProgressAt(2));
    feed.End(absl::AbortedError("the kernel did something else"));
  });
  EXPECT_FALSE(outlet_->finished().has_value());
  EXPECT_EQ(Word(outlet_->Take()), "a");
  EXPECT_TRUE(over());
  EXPECT_TRUE(absl::IsAborted(*outlet_->finished()));
}

TEST_F(ExploreFeedTest, AnAbortDoesNotWaitForTheClient) {
  Do([](ExploreFeed& feed) {
    feed.Put(FindingOf("a"));
    feed.Put(FindingOf("b"));
    feed.Abort(absl::UnavailableError("the server stops"));
  });
  EXPECT_TRUE(over());
  EXPECT_TRUE(absl::IsUnavailable(*outlet_->finished()));
}

TEST_F(ExploreFeedTest, AClientThatGoesAwayEndsIt) {
  EXPECT_FALSE(over());
  outlet_->GoAway();
  EXPECT_TRUE(over());
  Do([](ExploreFeed& feed) {
    feed.Put(ProgressAt(1));
    feed.End(absl::OkStatus());
  });
  EXPECT_FALSE(outlet_->HasWritten());
}

TEST(ExploreFeedOpenTest, AClientThatIsGoneAlreadyEndsItAtOnce) {
  EventLoop loop;
  const auto outlet = std::make_shared<FakeExploreOutlet>();
  outlet->Finish(absl::CancelledError("gone"));
  Mailbox<bool> over;
  const auto feed = ExploreFeed::Open(loop, outlet, [&over] { over.Put(true); });
  EXPECT_EQ(over.Take(), true);
}

}  // namespace
}  // namespace ipclab
