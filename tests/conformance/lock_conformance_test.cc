// What every mechanism's lock must do, between real processes.

#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "common/mapping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/every_mechanism.h"
#include "tests/conformance/lock_users.h"
#include "tests/support/nap.h"
#include "tests/support/process_state.h"
#include "tests/support/test_zygote.h"
#include "worker/waiting_lock.h"

namespace ipclab {
namespace {

// What the processes of a test tell each other, and what they guard by the lock.
struct Shared {
  std::atomic<int> phase;
  std::atomic<uint64_t> alone;  // acquisitions that excluded all others
  std::atomic<uint64_t> torn;   // what a reader saw change
  volatile uint64_t guarded;    // counted up without any atomic operation
};

class LockConformanceTest : public EveryMechanismTest {
 protected:
  void SetUp() override {
    EveryMechanismTest::SetUp();
    auto file = CreateMemoryFile("shared", sizeof(Shared));
    ASSERT_TRUE(file.ok()) << file.status();
    auto mapping = Mapping::Shared(file->get(), sizeof(Shared));
    ASSERT_TRUE(mapping.ok()) << mapping.status();
    mapping_ = *std::move(mapping);
  }

  Shared& shared() { return *static_cast<Shared*>(mapping_.data()); }

  ChannelSpec Spec() {
    ChannelSpec spec = SpecOf(record_.mechanism(), names_);
    spec.message_bytes = 0;
    spec.senders = spec.receivers = 3;
    return spec;
  }

  // False when another process did not get so far in time.
  bool AwaitPhase(int phase) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (shared().phase.load() < phase) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      Nap();
    }
    return true;
  }

  // Counts up what the lock guards, and gives others every chance to come in between. False when an
  // operation fails.
  bool CountUp(Lock& lock, int times) {
    uint64_t alone = 0;
    for (int i = 0; i < times; ++i) {
      if (lock.Acquire() != IoStatus::kOk) return false;
      const uint64_t seen = shared().guarded;
      if (i % 100 == 0) ::sched_yield();
      if (lock.IsHeldAlone()) {
        ++alone;
        shared().guarded = seen + 1;
      } else if (shared().guarded != seen) {
        ++shared().torn;
      }
      if (lock.Release() != IoStatus::kOk) return false;
    }
    shared().alone += alone;
    return true;
  }

  LinkNames names_{mechanism_};
  Mapping mapping_;
};

TEST_P(LockConformanceTest, ExcludesTheOthersHoweverTheyWait) {
  constexpr int kTimes = 20'000;
  static const Clock clock = Clock::System();
  for (const auto wait :
       {v1::MeasureSpec::BLOCK, v1::MeasureSpec::SPIN, v1::MeasureSpec::SPIN_THEN_BLOCK}) {
    if (mechanism_.facts.only_blocks && wait != v1::MeasureSpec::BLOCK) continue;
    SCOPED_TRACE(v1::MeasureSpec::Wait_Name(wait));
    shared().phase = 0;
    shared().guarded = shared().alone = shared().torn = 0;
    LockUsers users(mechanism_, Spec());
    ASSERT_TRUE(users.ok());
    for (int child = 0; child < 3; ++child) {
      users.Add([&](std::unique_ptr<Lock> lock) {
        // All at once: a child needs less time for it than another one to begin.
        ++shared().phase;
        return AwaitPhase(3) && CountUp(*MakeWaiting(std::move(lock), wait, clock), kTimes);
      });
    }
    users.Begin();
    for (size_t child = 0; child < 3; ++child) EXPECT_TRUE(users.EndsWell(child));
    EXPECT_EQ(shared().guarded, shared().alone);
    EXPECT_EQ(shared().torn, 0u);
    EXPECT_GT(shared().alone, 0u);
    names_.Reclaim();
  }
}

TEST_P(LockConformanceTest, TryingIsRefusedWhileItIsHeldAndGrantedAfter) {
  if (mechanism_.facts.only_blocks) GTEST_SKIP() << "it has no such form";
  LockUsers users(mechanism_, Spec());
  ASSERT_TRUE(users.ok());
  users.Add([&](std::unique_ptr<Lock> lock) {
    if (!AwaitPhase(1) || lock->TryAcquire() != IoStatus::kWouldBlock) return false;
    shared().phase = 2;
    return AwaitPhase(3) && lock->TryAcquire() == IoStatus::kOk && lock->Release() == IoStatus::kOk;
  });
  users.Begin();
  ASSERT_EQ(users.lock().TryAcquire(), IoStatus::kOk);
  ASSERT_TRUE(users.lock().IsHeldAlone()) << "the first one is to be alone, or this shows nothing";
  shared().phase = 1;
  EXPECT_TRUE(AwaitPhase(2));
  ASSERT_EQ(users.lock().Release(), IoStatus::kOk);
  shared().phase = 3;
  EXPECT_TRUE(users.EndsWell(0));
}

TEST_P(LockConformanceTest, ReleasingItLetsThoseInWhoWaitAndNobodyBefore) {
  LockUsers users(mechanism_, Spec());
  ASSERT_TRUE(users.ok());
  for (int child = 0; child < 2; ++child) {
    users.Add([&](std::unique_ptr<Lock> lock) {
      if (!AwaitPhase(1)) return false;
      ++shared().phase;
      if (lock->Acquire() != IoStatus::kOk) return false;
      shared().guarded = shared().guarded + 1;
      return lock->Release() == IoStatus::kOk;
    });
  }
  users.Begin();
  ASSERT_EQ(users.lock().Acquire(), IoStatus::kOk);
  shared().phase = 1;
  EXPECT_TRUE(AwaitPhase(3)) << "both want it now";
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(shared().guarded, 0u);
    ::sched_yield();
  }
  ASSERT_EQ(users.lock().Release(), IoStatus::kOk);
  for (size_t child = 0; child < 2; ++child) EXPECT_TRUE(users.EndsWell(child));
  EXPECT_EQ(shared().guarded, 2u);
}

// What becomes of the lock is its own affair: the kernel gives it on, tells, or does nothing. Only
// that no call fails or waits is the same of all; who waits for ever can be killed.
TEST_P(LockConformanceTest, AHolderThatIsKilledLeavesNobodyInACallThatCannotBeEnded) {
  LockUsers users(mechanism_, Spec());
  ASSERT_TRUE(users.ok());
  users.Add([&](std::unique_ptr<Lock> lock) {
    if (lock->Acquire() != IoStatus::kOk) return false;
    shared().phase = 1;
    AwaitPhase(100);
    return true;
  });
  users.Add([&](std::unique_ptr<Lock> lock) {
    if (!AwaitPhase(1)) return false;
    shared().phase = 2;
    static_cast<void>(lock->Acquire());
    AwaitPhase(100);
    return true;
  });
  users.Begin();
  EXPECT_TRUE(AwaitPhase(2));
  users.Kill(0);
  users.Kill(1);
  if (mechanism_.facts.only_blocks) return;
  EXPECT_THAT(users.lock().TryAcquire(),
              testing::AnyOf(IoStatus::kOk, IoStatus::kWouldBlock, IoStatus::kPeerClosed));
}

TEST_P(LockConformanceTest, NothingIsLeftOfOneThatNobodyUsed) {
  const size_t open = OpenDescriptors(::getpid()).size();
  for (int round = 0; round < 2; ++round) {
    auto hosted = mechanism_.host_lock(Spec());
    ASSERT_TRUE(hosted.ok()) << hosted.status();
    auto joined = mechanism_.join_lock(Spec(), std::move(hosted->offer));
    ASSERT_TRUE(joined.ok()) << joined.status();
    joined->reset();
    hosted->lock.reset();
    names_.Reclaim();
    EXPECT_EQ(names_.Reclaim(), 0);
    EXPECT_EQ(OpenDescriptors(::getpid()).size(), open);
  }
}

auto EveryLock() {
  std::vector<const Mechanism*> locks;
  for (const Mechanism* const mechanism : AllMechanisms()) {
    if (mechanism->host_lock != nullptr) locks.push_back(mechanism);
  }
  return testing::ValuesIn(locks);
}

INSTANTIATE_TEST_SUITE_P(Each, LockConformanceTest, EveryLock(), MechanismName);

}  // namespace
}  // namespace ipclab
