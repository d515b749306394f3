// The three kinds of semaphores, as locks and as events.

#include <signal.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "tests/support/nap.h"
#include "tests/support/process_state.h"
#include "tests/worker/two_ends.h"

namespace ipclab {
namespace {

// Ends of one lock in this process, with names of their own.
class Locks {
 public:
  Locks(const std::string& id, int workers, const TwoEnds::Options& options = {})
      : ends_(id.c_str(), 0, false, options), mechanism_(*FindMechanism(AllMechanisms(), id)) {
    ChannelSpec spec = ends_.spec();
    spec.senders = spec.receivers = workers;
    auto hosted = mechanism_.host_lock(spec);
    if (!hosted.ok()) {
      ADD_FAILURE() << hosted.status();
      return;
    }
    locks_.push_back(std::move(hosted->lock));
    while (static_cast<int>(locks_.size()) < workers) {
      ChannelOffer offer;
      offer.bytes = hosted->offer.bytes;
      for (const UniqueFd& fd : hosted->offer.descriptors) {
        offer.descriptors.emplace_back(::dup(fd.get()));
      }
      auto joined = mechanism_.join_lock(spec, std::move(offer));
      if (!joined.ok()) {
        ADD_FAILURE() << joined.status();
        return;
      }
      locks_.push_back(*std::move(joined));
    }
  }

  Lock& operator[](size_t i) const { return *locks_[i]; }
  const internal::IpcName& name() const { return ends_.spec().names.front(); }

 private:
  const TwoEnds ends_;
  const Mechanism& mechanism_;
  std::vector<std::unique_ptr<Lock>> locks_;
};

// A process that takes the lock and is killed with it.
void DieHolding(Lock& lock) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (lock.Acquire() == IoStatus::kOk) ::raise(SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
}

class SemaphoreTest : public testing::TestWithParam<std::string> {
 protected:
  const char* id() const { return GetParam().c_str(); }
};

TEST_P(SemaphoreTest, AsALockLetsOneInAtATime) {
  const Locks locks(id(), 3);
  ASSERT_EQ(locks[0].Acquire(), IoStatus::kOk);
  EXPECT_EQ(locks[1].TryAcquire(), IoStatus::kWouldBlock);
  EXPECT_EQ(locks[2].TryAcquire(), IoStatus::kWouldBlock);
  ASSERT_EQ(locks[0].Release(), IoStatus::kOk);
  EXPECT_EQ(locks[2].TryAcquire(), IoStatus::kOk);
  EXPECT_EQ(locks[1].TryAcquire(), IoStatus::kWouldBlock);
  EXPECT_EQ(locks[2].Release(), IoStatus::kOk);
}

TEST_P(SemaphoreTest, AsALockWakesWhoWaits) {
  const Locks locks(id(), 2);
  ASSERT_EQ(locks[0].Acquire(), IoStatus::kOk);
  std::jthread other([&] {
    EXPECT_EQ(locks[1].Acquire(), IoStatus::kOk);
    EXPECT_EQ(locks[1].Release(), IoStatus::kOk);
  });
  EXPECT_EQ(locks[0].Release(), IoStatus::kOk);
}

TEST_P(SemaphoreTest, IsNotOwned) {
  const Locks locks(id(), 2);
  ASSERT_EQ(locks[0].Acquire(), IoStatus::kOk);
  EXPECT_EQ(locks[1].Release(), IoStatus::kOk);
  EXPECT_EQ(locks[1].TryAcquire(), IoStatus::kOk);
}

TEST_P(SemaphoreTest, IsNotGivenBackByTheDead) {
  const Locks locks(id(), 2);
  DieHolding(locks[1]);
  EXPECT_EQ(locks[0].TryAcquire(), IoStatus::kWouldBlock);
}

TEST_P(SemaphoreTest, CountsEveryNotification) {
  TwoEnds ends(id(), 0, /*duplex=*/false);
  ends.Connect();
  for (int i = 0; i < 3; ++i) ASSERT_EQ(ends.host->Send({}), IoStatus::kOk);
  for (int64_t left = 3; left > 0; --left) {
    EXPECT_EQ(*ends.joiner->Depth(), left);
    EXPECT_EQ(left % 2 == 0 ? ends.joiner->TryReceive({}) : ends.joiner->Receive({}),
              IoStatus::kOk);
  }
  EXPECT_EQ(ends.joiner->TryReceive({}), IoStatus::kWouldBlock);
  EXPECT_TRUE(absl::IsUnimplemented(ends.host->Depth().status()));
}

TEST_P(SemaphoreTest, WhatAKilledHostLeavesIsReclaimed) {
  TwoEnds ends(id(), 0, /*duplex=*/true);
  const pid_t child = ::fork();
  if (child == 0) {
    if (ends.Host().ok()) ::raise(SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  for (const internal::IpcName& name : ends.spec().names) {
    EXPECT_TRUE(*RemoveIpcObject(name));
    EXPECT_FALSE(*RemoveIpcObject(name));
  }
}

INSTANTIATE_TEST_SUITE_P(Each, SemaphoreTest,
                         testing::Values("posix_sem_named", "posix_sem_unnamed", "sysv_sem"),
                         [](const auto& test) { return test.param; });

class SemaphoreWithANameTest : public testing::TestWithParam<std::string> {};

TEST_P(SemaphoreWithANameTest, IsMadeAnewAndNeverTakenFromSomebodyElse) {
  TwoEnds ends(GetParam().c_str(), 0, /*duplex=*/true);
  ASSERT_TRUE(ends.Host().ok());
  EXPECT_TRUE(absl::IsAlreadyExists(ends.Host()));
}

INSTANTIATE_TEST_SUITE_P(Each, SemaphoreWithANameTest,
                         testing::Values("posix_sem_named", "sysv_sem"),
                         [](const auto& test) { return test.param; });

TEST(NamedSemaphoreTest, LosesItsNameOnceBothHaveIt) {
  TwoEnds ends("posix_sem_named", 0, /*duplex=*/true);
  ends.Connect();
  const Locks locks("posix_sem_named", 2);
  for (const internal::IpcName& name : ends.spec().names) EXPECT_FALSE(*RemoveIpcObject(name));
  EXPECT_FALSE(*RemoveIpcObject(locks.name()));
}

TEST(NamedSemaphoreTest, KeepsItsNameWhileMoreMayCome) {
  const Locks locks("posix_sem_named", 3);
  EXPECT_TRUE(*RemoveIpcObject(locks.name()));
}

TEST(SysvSemaphoreTest, IsGivenBackByTheKernelWithUndo) {
  const Locks locks("sysv_sem", 2, {{"undo", "true"}});
  DieHolding(locks[1]);
  EXPECT_EQ(locks[0].TryAcquire(), IoStatus::kOk);
  EXPECT_EQ(locks[0].Release(), IoStatus::kOk);
}

TEST(SysvSemaphoreTest, IsNotUndoneWhereItNotifies) {
  TwoEnds ends("sysv_sem", 0, /*duplex=*/true, {{"undo", "true"}});
  EXPECT_TRUE(absl::IsInvalidArgument(ends.Host()));
}

TEST(SysvSemaphoreTest, EndsForAllWhenItsSetIsRemoved) {
  const Locks locks("sysv_sem", 2);
  ASSERT_EQ(locks[0].Acquire(), IoStatus::kOk);
  std::atomic<pid_t> waiter = 0;
  std::jthread other([&] {
    waiter = ::gettid();
    EXPECT_EQ(locks[1].Acquire(), IoStatus::kPeerClosed);
  });
  while (waiter == 0 || !StatusLine(waiter, "State").starts_with("S")) Nap();
  EXPECT_TRUE(*RemoveIpcObject(locks.name()));
  EXPECT_EQ(locks[0].Release(), IoStatus::kPeerClosed);
}

TEST(SysvSemaphoreTest, SaysThatItCountsNoFurther) {
  TwoEnds ends("sysv_sem", 0, /*duplex=*/false);
  ends.Connect();
  int64_t sent = 0;
  while (sent < 1'000'000 && ends.host->TrySend({}) == IoStatus::kOk) ++sent;
  EXPECT_EQ(sent, ends.probe().limits.back().value());
  EXPECT_EQ(ends.host->TrySend({}), IoStatus::kWouldBlock);
  std::jthread sender([&] { EXPECT_EQ(ends.host->Send({}), IoStatus::kOk); });
  for (; sent >= 0; --sent) ASSERT_EQ(ends.joiner->Receive({}), IoStatus::kOk);
  EXPECT_EQ(ends.joiner->TryReceive({}), IoStatus::kWouldBlock);
}

TEST(SysvSemaphoreTest, TellsTheFourNumbersOfTheKernel) {
  const TwoEnds ends("sysv_sem", 0, /*duplex=*/true);
  seminfo info = {};
  ASSERT_GE(::semctl(0, 0, IPC_INFO, &info), 0);
  std::vector<int64_t> told;
  for (const v1::Limit& limit : ends.probe().limits) told.push_back(limit.value());
  EXPECT_EQ(told, (std::vector<int64_t>{info.semmsl, info.semmns, info.semopm, info.semmni,
                                        info.semvmx}));
}

}  // namespace
}  // namespace ipclab
