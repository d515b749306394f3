// What tells a process of an event by memory that both share: semaphores, condition, barrier,
// cells.

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <thread>

#include "tests/support/nap.h"
#include "tests/support/process_state.h"
#include "tests/worker/shared_ring.h"
#include "tests/worker/two_ends.h"

namespace ipclab {
namespace {

using Ids = testing::TestWithParam<std::string>;

const auto kName = [](const auto& test) { return test.param; };

class Events : public Ids {
 protected:
  void SetUp() override {
    if (!ends_.available()) GTEST_SKIP() << ends_.probe().unavailable_reason;
    ends_.Connect();
  }

  TwoEnds ends_{GetParam().c_str(), 0, /*duplex=*/true};
};

class EveryEvent : public Events {};

TEST_P(EveryEvent, WakesTheOtherProcessInTurn) {
  constexpr int kRounds = 200;
  ExpectTrueInChildren({[&] {
                          for (int i = 0; i < kRounds; ++i) {
                            if (ends_.host->Send({}) != IoStatus::kOk) return false;
                            if (ends_.host->Receive({}) != IoStatus::kOk) return false;
                          }
                          return true;
                        },
                        [&] {
                          for (int i = 0; i < kRounds; ++i) {
                            if (ends_.joiner->Receive({}) != IoStatus::kOk) return false;
                            if (ends_.joiner->Send({}) != IoStatus::kOk) return false;
                          }
                          return true;
                        }});
}

TEST_P(EveryEvent, LeavesNoNameWhenBothHaveItAndNoneAfterReclaiming) {
  ends_.host.reset();
  ends_.joiner.reset();
  for (const internal::IpcName& name : ends_.spec().names) {
    RemoveIpcObject(name).IgnoreError();
    EXPECT_FALSE(*RemoveIpcObject(name)) << name.name();
  }
}

INSTANTIATE_TEST_SUITE_P(Each, EveryEvent,
                         testing::Values("posix_sem_named", "posix_sem_unnamed", "sysv_sem",
                                         "condvar", "barrier", "posix_shm", "sysv_shm", "mmap_file",
                                         "memfd"),
                         kName);

class SleepingEvent : public Events {};

void Ignore(int) {}

TEST_P(SleepingEvent, GoesOnWaitingAfterASignal) {
  struct sigaction handled = {};
  handled.sa_handler = Ignore;  // no SA_RESTART: the call is told
  struct sigaction before;
  ASSERT_EQ(::sigaction(SIGUSR1, &handled, &before), 0);
  std::atomic<pid_t> waiter = 0;
  std::atomic<bool> woken = false;
  std::jthread other([&] {
    waiter = ::gettid();
    EXPECT_EQ(ends_.joiner->Receive({}), IoStatus::kOk);
    woken = true;
  });
  const auto sleeps = [&] { return waiter != 0 && StatusLine(waiter, "State").starts_with("S"); };
  for (int signals = 0; signals < 5; ++signals) {
    while (!sleeps()) Nap();
    ASSERT_EQ(::pthread_kill(other.native_handle(), SIGUSR1), 0);
  }
  EXPECT_FALSE(woken);
  EXPECT_EQ(ends_.host->Send({}), IoStatus::kOk);
  other.join();
  ::sigaction(SIGUSR1, &before, nullptr);
}

INSTANTIATE_TEST_SUITE_P(Each, SleepingEvent,
                         testing::Values("posix_sem_named", "posix_sem_unnamed", "sysv_sem",
                                         "condvar", "barrier"),
                         kName);

// What hands out all pending notifications at once.
class MergingEvent : public Events {};

TEST_P(MergingEvent, TakesAllThatIsPending) {
  EXPECT_EQ(ends_.joiner->TryReceive({}), IoStatus::kWouldBlock);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(ends_.host->TrySend({}), IoStatus::kOk);
  EXPECT_EQ(*ends_.joiner->Depth(), 3);
  EXPECT_EQ(*ends_.host->Depth(), 0);
  EXPECT_EQ(ends_.joiner->Receive({}), IoStatus::kOk);
  EXPECT_EQ(*ends_.joiner->Depth(), 0);
  EXPECT_EQ(ends_.joiner->TryReceive({}), IoStatus::kWouldBlock);
}

TEST_P(MergingEvent, HandsOutTheRestOfManyAtOnce) {
  std::jthread notifier([&] {
    for (int i = 0; i < 10'000; ++i) EXPECT_EQ(ends_.host->Send({}), IoStatus::kOk);
    EXPECT_EQ(ends_.host->Receive({}), IoStatus::kOk);
  });
  ASSERT_EQ(ends_.joiner->Receive({}), IoStatus::kOk);
  EXPECT_EQ(ends_.joiner->Send({}), IoStatus::kOk);
  notifier.join();
  IoStatus status = IoStatus::kOk;
  for (int i = 0; i < 2 && status == IoStatus::kOk; ++i) status = ends_.joiner->TryReceive({});
  EXPECT_EQ(status, IoStatus::kWouldBlock);
}

INSTANTIATE_TEST_SUITE_P(Each, MergingEvent,
                         testing::Values("condvar", "posix_shm", "sysv_shm", "mmap_file", "memfd"),
                         kName);

TEST(BarrierTest, LetsNobodyPassAlone) {
  TwoEnds ends("barrier", 0, /*duplex=*/true);
  ends.Connect();
  std::atomic<pid_t> first = 0;
  std::atomic<bool> passed = false;
  std::jthread sender([&] {
    first = ::gettid();
    EXPECT_EQ(ends.host->Send({}), IoStatus::kOk);
    passed = true;
  });
  while (first == 0 || !StatusLine(first, "State").starts_with("S")) Nap();
  EXPECT_FALSE(passed);
  EXPECT_EQ(ends.joiner->Receive({}), IoStatus::kOk);
}

TEST(BarrierTest, CannotBeTried) {
  TwoEnds ends("barrier", 0, /*duplex=*/true);
  ends.Connect();
  EXPECT_EQ(ends.host->TrySend({}), IoStatus::kError);
  EXPECT_EQ(ends.joiner->TryReceive({}), IoStatus::kError);
  EXPECT_EQ(ends.joiner->error(), EOPNOTSUPP);
  EXPECT_TRUE(FindMechanism(AllMechanisms(), "barrier")->facts.only_blocks);
}

}  // namespace
}  // namespace ipclab
