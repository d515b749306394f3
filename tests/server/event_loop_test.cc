#include "server/event_loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/patience.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;

class EventLoopTest : public ::testing::Test {
 protected:
  // A descriptor that is ready as long as its count is not 0.
  static UniqueFd Counter() { return UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }
  static void Raise(const UniqueFd& counter) { ::eventfd_write(counter.get(), 1); }
  static void Lower(const UniqueFd& counter) {
    eventfd_t value;
    ::eventfd_read(counter.get(), &value);
  }

  // Takes so many of the events.
  std::vector<std::string> Take(size_t count) {
    std::vector<std::string> taken;
    while (taken.size() < count) {
      const auto event = events_.Take();
      if (!event) break;
      taken.push_back(*event);
    }
    return taken;
  }

  std::atomic<bool> done_ = false;
  Mailbox<std::string> events_;
  UniqueFd first_ = Counter();
  UniqueFd second_ = Counter();
  EventLoop loop_;  // last: its thread must be gone before the rest
};

TEST_F(EventLoopTest, TimersFireInTheOrderOfTheirTimes) {
  OnStrand(loop_, [&] {
    loop_.After(absl::Hours(1), [&] { events_.Put("never"); });
    loop_.After(absl::Milliseconds(30), [&] { events_.Put("third"); });
    loop_.After(absl::Milliseconds(10), [&] { events_.Put("first"); });
    loop_.After(absl::Milliseconds(20), [&] { events_.Put("second"); });
    loop_.After(-absl::Seconds(1), [&] { events_.Put("overdue"); });
  });
  EXPECT_THAT(Take(4), ElementsAre("overdue", "first", "second", "third"));
}

TEST_F(EventLoopTest, ATimerFiresNotBeforeItsTime) {
  const auto start = std::chrono::steady_clock::now();
  OnStrand(loop_, [&] { loop_.After(absl::Milliseconds(20), [&] { events_.Put("due"); }); });
  Take(1);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(20));
}

TEST_F(EventLoopTest, ACancelledTimerNeverFires) {
  OnStrand(loop_, [&] {
    const auto id = loop_.After(absl::Milliseconds(1), [&] { events_.Put("cancelled"); });
    loop_.After(absl::Milliseconds(5), [&] { events_.Put("kept"); });
    loop_.CancelTimer(id);
    loop_.CancelTimer(id);
    loop_.CancelTimer(0);
  });
  EXPECT_THAT(Take(1), ElementsAre("kept"));
}

TEST_F(EventLoopTest, ATimerMayCancelAnotherThatIsDueWithIt) {
  OnStrand(loop_, [&] {
    const auto other = std::make_shared<EventLoop::TimerId>();
    loop_.After(-absl::Seconds(2), [&, other] {
      loop_.CancelTimer(*other);
      loop_.After(absl::ZeroDuration(), [&] { events_.Put("from within"); });
    });
    *other = loop_.After(-absl::Seconds(1), [&] { events_.Put("cancelled"); });
  });
  EXPECT_THAT(Take(1), ElementsAre("from within"));
}

TEST_F(EventLoopTest, AWatchFiresAgainEachTime) {
  OnStrand(loop_, [&] {
    loop_.Watch(first_.get(), [&] {
      Lower(first_);
      events_.Put("ready");
    });
  });
  for (int i = 0; i < 100; ++i) {
    Raise(first_);
    EXPECT_THAT(Take(1), ElementsAre("ready"));
  }
}

TEST_F(EventLoopTest, WhatIsNotReadFiresAgain) {
  int calls = 0;
  Raise(first_);
  OnStrand(loop_, [&] {
    loop_.Watch(first_.get(), [&] {
      if (++calls < 3) return;
      Lower(first_);
      events_.Put("read");
    });
  });
  Take(1);
  OnStrand(loop_, [&] { EXPECT_EQ(calls, 3); });
}

TEST_F(EventLoopTest, WhatIsAwaitedComesToTheThreadThatHelps) {
  std::thread::id helper;
  OnStrand(loop_, [&] {
    loop_.Watch(first_.get(), [&] {
      Lower(first_);
      helper = std::this_thread::get_id();
      done_ = true;
    });
  });
  // Now and then the loop's own thread is quicker.
  for (int i = 0; i < 100 && helper != std::this_thread::get_id(); ++i) {
    done_ = false;
    std::thread raiser([&] { Raise(first_); });
    loop_.Help(absl::Seconds(10), done_);
    raiser.join();
    while (!done_) std::this_thread::yield();
  }
  EXPECT_EQ(helper, std::this_thread::get_id());
}

TEST_F(EventLoopTest, WhoHelpsGoesWhenItIsDoneOrTheTimeIsOver) {
  done_ = true;
  loop_.Help(absl::Hours(1), done_);
  done_ = false;
  loop_.Help(absl::Milliseconds(1), done_);
  loop_.Help(-absl::Seconds(1), done_);
}

// Both are ready at once, and whichever comes first ends the other: that one's closure may be
// posted already, and must find that it is not wanted.
TEST_F(EventLoopTest, UnwatchedWhileReadyItNeverFires) {
  EventLoop::WatchId first = 0;
  EventLoop::WatchId second = 0;
  const auto end_both = [&] {
    loop_.Unwatch(first);
    loop_.Unwatch(second);
    loop_.Unwatch(0);
    events_.Put("one");
  };
  OnStrand(loop_, [&] {
    first = loop_.Watch(first_.get(), end_both);
    second = loop_.Watch(second_.get(), end_both);
    Raise(first_);
    Raise(second_);
  });
  EXPECT_THAT(Take(1), ElementsAre("one"));
  OnStrand(loop_, [&] { loop_.After(absl::Milliseconds(1), [&] { events_.Put("kept"); }); });
  EXPECT_THAT(Take(1), ElementsAre("kept"));
}

TEST_F(EventLoopTest, AWatchMayEndItselfAndCloseItsDescriptor) {
  EventLoop::WatchId id = 0;
  OnStrand(loop_, [&] {
    id = loop_.Watch(first_.get(), [&] {
      loop_.Unwatch(id);
      const int number = first_.get();
      first_.Reset();
      first_ = Counter();  // most likely the same number: the old watch must not hear of it
      events_.Put(first_.get() == number ? "same" : "other");
      Raise(first_);
      loop_.After(absl::Milliseconds(1), [&] { events_.Put("later"); });
    });
    Raise(first_);
  });
  Take(1);
  EXPECT_THAT(Take(1), ElementsAre("later"));
}

TEST_F(EventLoopTest, WatchesForRoomToWrite) {
  OnStrand(loop_, [&] {
    loop_.Watch(
        first_.get(), [&] { events_.Put("room"); }, EPOLLOUT);
  });
  EXPECT_THAT(Take(2), ElementsAre("room", "room"));
}

TEST_F(EventLoopTest, NothingFiresAfterStop) {
  int fired = 0;
  OnStrand(loop_, [&] {
    loop_.Watch(first_.get(), [&] { ++fired; });
    for (int i = 0; i < 100; ++i) loop_.After(absl::Microseconds(100 * i), [&] { ++fired; });
    Raise(first_);
  });
  loop_.Stop();
  const int before = fired;  // no other thread is left that could write it: TSan would say so
  loop_.Stop();
  OnStrand(loop_, [&] { EXPECT_EQ(fired, before); });
}

TEST_F(EventLoopTest, PostsTimersAndWatchesNeverOverlap) {
  constexpr int kThreads = 3;
  constexpr int kPosts = 3000;
  int inside = 0;  // plain: the strand is what guards these
  int overlaps = 0;
  int posts = 0;
  const auto enter = [&] {
    overlaps += inside++ != 0;
    --inside;
  };
  std::function<void()> tick = [&] {
    enter();
    loop_.After(absl::Microseconds(50), tick);
  };
  OnStrand(loop_, [&] {
    tick();
    Raise(first_);
    loop_.Watch(first_.get(), enter);
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < kPosts; ++j) {
        loop_.Post([&] {
          enter();
          ++posts;
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  OnStrand(loop_, [&] {
    EXPECT_EQ(posts, kThreads * kPosts);
    EXPECT_EQ(overlaps, 0);
  });
  loop_.Stop();  // before tick goes
}

}  // namespace
}  // namespace ipclab
