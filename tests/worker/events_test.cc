// What is each event mechanism's own: what it merges, where it is full, and what its other end's
// end looks like.

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <thread>

#include "tests/support/nap.h"
#include "tests/support/process_state.h"
#include "tests/worker/two_ends.h"

namespace ipclab {
namespace {

// How many notifications the joiner gets out of what is pending.
int TakeAll(TwoEnds& ends) {
  int taken = 0;
  while (ends.joiner->TryReceive({}) == IoStatus::kOk) ++taken;
  return taken;
}

void NotifyThreeTimes(TwoEnds& ends) {
  for (int i = 0; i < 3; ++i) ASSERT_EQ(ends.host->Send({}), IoStatus::kOk);
}

// Runs act while another thread waits for the joiner to be notified; what it was told.
template <typename Act>
IoStatus WhileItWaits(TwoEnds& ends, Act act) {
  std::atomic<pid_t> waiter = 0;
  IoStatus status = IoStatus::kError;
  std::jthread other([&] {
    waiter = ::gettid();
    status = ends.joiner->Receive({});
  });
  while (waiter == 0 || !StatusLine(waiter, "State").starts_with("S")) Nap();
  act();
  other.join();
  return status;
}

TEST(EventfdTest, ACounterIsTakenAtOnceAndASemaphoreOneByOne) {
  for (const bool counter : {true, false}) {
    TwoEnds ends("eventfd", 0, /*duplex=*/false, {{"mode", counter ? "counter" : "semaphore"}});
    ends.Connect();
    NotifyThreeTimes(ends);
    EXPECT_EQ(*ends.joiner->Depth(), 3);
    EXPECT_EQ(TakeAll(ends), counter ? 1 : 3);
  }
}

TEST(EventfdTest, NotifyingWaitsWhileTheCounterIsFull) {
  TwoEnds ends("eventfd", 0, /*duplex=*/false);
  ends.Connect();
  constexpr uint64_t kButOne = 0xfffffffffffffffd;
  ASSERT_EQ(::write(ends.joiner->ReadableDescriptor(), &kButOne, sizeof kButOne), 8);
  EXPECT_EQ(ends.host->TrySend({}), IoStatus::kOk);
  EXPECT_EQ(ends.host->TrySend({}), IoStatus::kWouldBlock);
  std::jthread notifier([&] { EXPECT_EQ(ends.host->Send({}), IoStatus::kOk); });
  ASSERT_EQ(ends.joiner->Receive({}), IoStatus::kOk);
  EXPECT_EQ(ends.joiner->Receive({}), IoStatus::kOk);  // of the one that waited
}

TEST(PipeEventTest, AFullPipeMeansNotifiedAlreadyAndIsTakenAtOnce) {
  TwoEnds ends("pipe_event", 0, /*duplex=*/false);
  ends.Connect();
  const int64_t page = ::sysconf(_SC_PAGESIZE);
  for (int64_t i = 0; i < 2 * page; ++i) ASSERT_EQ(ends.host->Send({}), IoStatus::kOk);
  EXPECT_EQ(*ends.joiner->Depth(), page);
  EXPECT_EQ(TakeAll(ends), 1);
  EXPECT_EQ(*ends.joiner->Depth(), 0);
}

TEST(PipeEventTest, EitherEndSeesThatTheOtherIsGone) {
  TwoEnds ends("pipe_event", 0, /*duplex=*/true);
  ends.Connect();
  ASSERT_EQ(ends.host->Send({}), IoStatus::kOk);
  ends.host.reset();
  EXPECT_EQ(ends.joiner->Receive({}), IoStatus::kOk);
  EXPECT_EQ(ends.joiner->TryReceive({}), IoStatus::kPeerClosed);
  EXPECT_EQ(ends.joiner->Receive({}), IoStatus::kPeerClosed);
}

TEST(FutexEventTest, CountsWhatIsPendingAndHandsItOutAtOnce) {
  TwoEnds ends("futex_event", 0, /*duplex=*/false);
  ends.Connect();
  NotifyThreeTimes(ends);
  EXPECT_EQ(*ends.joiner->Depth(), 3);
  EXPECT_EQ(TakeAll(ends), 1);
}

TEST(FutexEventTest, ASleeperIsWokenByANotificationAndByTheOtherEndsEnd) {
  TwoEnds ends("futex_event", 0, /*duplex=*/true);
  ends.Connect();
  EXPECT_EQ(WhileItWaits(ends, [&] { EXPECT_EQ(ends.host->Send({}), IoStatus::kOk); }),
            IoStatus::kOk);
  EXPECT_EQ(WhileItWaits(ends, [&] { ends.host.reset(); }), IoStatus::kPeerClosed);
  EXPECT_EQ(ends.joiner->Send({}), IoStatus::kPeerClosed);
}

TEST(FutexEventTest, TheOtherEndsEndIsSeenAfterAllThatItNotified) {
  TwoEnds ends("futex_event", 0, /*duplex=*/false);
  ends.Connect();
  ASSERT_EQ(ends.host->Send({}), IoStatus::kOk);
  ends.host.reset();
  EXPECT_EQ(ends.joiner->Receive({}), IoStatus::kOk);
  EXPECT_EQ(ends.joiner->Receive({}), IoStatus::kPeerClosed);
}

// Two ends hammer each other: a wake-up that is lost stops both.
TEST(FutexEventTest, LosesNoWakeUpBetweenTwoThatMeetAllTheTime) {
  TwoEnds ends("futex_event", 0, /*duplex=*/true);
  ends.Connect();
  constexpr int kRounds = 50'000;
  std::jthread other([&] {
    for (int i = 0; i < kRounds; ++i) {
      EXPECT_EQ(ends.joiner->Receive({}), IoStatus::kOk);
      EXPECT_EQ(ends.joiner->Send({}), IoStatus::kOk);
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    ASSERT_EQ(ends.host->Send({}), IoStatus::kOk);
    ASSERT_EQ(ends.host->Receive({}), IoStatus::kOk);
  }
}

}  // namespace
}  // namespace ipclab
