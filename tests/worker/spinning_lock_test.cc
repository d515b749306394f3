// What is special to spinlock, ticket_lock, mcs_lock and futex_lock.

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <atomic>
#include <cstddef>
#include <thread>

#include "common/pages.h"
#include "gtest/gtest.h"
#include "tests/worker/lock_ends.h"
#include "tests/worker/shared_ring.h"

namespace ipclab {
namespace {

// Where this call kills.
bool Forbid(uint32_t call) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {std::size(code), code};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

bool TakeAndGiveBack(Lock& lock) {
  for (int i = 0; i < 100; ++i) {
    if (lock.Acquire() != IoStatus::kOk || lock.Release() != IoStatus::kOk) return false;
    if (lock.TryAcquire() != IoStatus::kOk || lock.Release() != IoStatus::kOk) return false;
  }
  return true;
}

TEST(FutexLockTest, CallsTheKernelOnlyWhereSomebodyWaits) {
  LockEnds ends("futex_lock", 1);
  ExpectTrueInChildren({[&] { return Forbid(SYS_futex) && TakeAndGiveBack(ends[1]); }});
}

class SpinningLockTest : public testing::TestWithParam<const char*> {};

TEST_P(SpinningLockTest, AloneItNeverYields) {
  LockEnds ends(GetParam(), 1);
  ExpectTrueInChildren({[&] { return Forbid(SYS_sched_yield) && TakeAndGiveBack(ends[1]); }});
}

// On one CPU nobody would ever get on without it.
TEST_P(SpinningLockTest, YieldsWhereItWaitsWithAndWithoutPauses) {
  for (const char* const pause : {"true", "false"}) {
    LockEnds ends(GetParam(), 1, {{"pause", pause}});
    ASSERT_EQ(ends[0].Acquire(), IoStatus::kOk);
    const pid_t child = ::fork();
    if (child == 0) {
      Forbid(SYS_sched_yield);
      static_cast<void>(ends[1].Acquire());
      ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status)) << status;
    EXPECT_EQ(WTERMSIG(status), SIGSYS);
  }
}

TEST_P(SpinningLockTest, TakesTurnsWithEveryBackoff) {
  for (const char* const backoff : {"0", "1", "256"}) {
    LockEnds ends(GetParam(), 2, {{"backoff", backoff}});
    uint64_t counted = 0;  // by whoever holds it
    {
      std::vector<std::jthread> threads;
      for (size_t end = 0; end < 3; ++end) {
        threads.emplace_back([&, end] {
          for (int i = 0; i < 5000; ++i) {
            ASSERT_EQ(ends[end].Acquire(), IoStatus::kOk);
            ++counted;
            ASSERT_EQ(ends[end].Release(), IoStatus::kOk);
          }
        });
      }
    }
    EXPECT_EQ(counted, 15'000u);
  }
}

INSTANTIATE_TEST_SUITE_P(Each, SpinningLockTest,
                         testing::Values("spinlock", "ticket_lock", "mcs_lock"),
                         [](const auto& test) { return test.param; });

class QueueLockTest : public testing::TestWithParam<const char*> {};

TEST_P(QueueLockTest, IsGivenToThoseWhoWaitBeforeWhoHasJustHadIt) {
  LockEnds ends(GetParam(), 1);
  ASSERT_EQ(ends[0].Acquire(), IoStatus::kOk);
  std::atomic<bool> had = false;
  std::jthread other([&] {
    ASSERT_EQ(ends[1].Acquire(), IoStatus::kOk);
    had = true;
    ASSERT_EQ(ends[1].Release(), IoStatus::kOk);
  });
  while (!had) {
    ASSERT_EQ(ends[0].Release(), IoStatus::kOk);
    if (ends[0].TryAcquire() == IoStatus::kOk) continue;  // the other one did not want it yet
    ASSERT_EQ(ends[0].Acquire(), IoStatus::kOk);
    EXPECT_TRUE(had);
  }
  ASSERT_EQ(ends[0].Release(), IoStatus::kOk);
}

INSTANTIATE_TEST_SUITE_P(Each, QueueLockTest, testing::Values("ticket_lock", "mcs_lock"),
                         [](const auto& test) { return test.param; });

TEST(McsLockTest, HasNodesForAllWorkersOfAnExperimentAndForNoMore) {
  LockEnds ends("mcs_lock", kMaxLinks - 1);
  EXPECT_TRUE(ends[kMaxLinks - 1].Connect().ok());
  EXPECT_TRUE(TakeAndGiveBack(ends[kMaxLinks - 1]));
  const auto another = ends.Join();
  EXPECT_TRUE(absl::IsResourceExhausted(another->Connect()));
}

}  // namespace
}  // namespace ipclab
