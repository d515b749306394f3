#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "gtest/gtest.h"
#include "tests/worker/lock_ends.h"

namespace ipclab {
namespace {

// A process takes it and ends.
void DieHolding(Lock& lock) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(lock.Acquire() == IoStatus::kOk ? 0 : 1);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
}

TEST(MutexTest, ARobustOneTellsThoseWhoComeThatItsHolderHasDied) {
  for (const char* const protocol : {"none", "inherit"}) {
    SCOPED_TRACE(protocol);
    LockEnds ends("mutex", 1, {{"robust", "true"}, {"protocol", protocol}});
    DieHolding(ends[0]);
    EXPECT_EQ(ends[1].Acquire(), IoStatus::kPeerClosed);
    // It is not mended: who lets go of it then makes it useless for good.
    EXPECT_EQ(ends[1].Release(), IoStatus::kOk);
    EXPECT_EQ(ends[0].Acquire(), IoStatus::kPeerClosed);
    EXPECT_EQ(ends[0].TryAcquire(), IoStatus::kPeerClosed);
  }
}

TEST(MutexTest, AnotherOneStaysTakenWhenItsHolderHasDied) {
  LockEnds ends("mutex", 1);
  DieHolding(ends[0]);
  EXPECT_EQ(ends[1].TryAcquire(), IoStatus::kWouldBlock);
}

TEST(MutexTest, OneThatChecksRefusesToBeTakenTwiceAndToBeReleasedByAnother) {
  LockEnds ends("mutex", 1, {{"kind", "errorcheck"}});
  ASSERT_EQ(ends[0].Acquire(), IoStatus::kOk);
  EXPECT_EQ(ends[0].Acquire(), IoStatus::kError);
  EXPECT_EQ(ends[0].error(), EDEADLK);
  std::jthread([&] {
    EXPECT_EQ(ends[1].Release(), IoStatus::kError);
    EXPECT_EQ(ends[1].error(), EPERM);
  }).join();
  EXPECT_EQ(ends[0].Release(), IoStatus::kOk);
}

TEST(MutexTest, EveryChoiceOfOptionsExcludes) {
  for (const char* const robust : {"false", "true"}) {
    for (const char* const protocol : {"none", "inherit"}) {
      for (const char* const kind : {"normal", "errorcheck"}) {
        LockEnds ends("mutex", 1, {{"robust", robust}, {"protocol", protocol}, {"kind", kind}});
        ASSERT_EQ(ends[0].Acquire(), IoStatus::kOk);
        // Another thread: its holder would be told of a deadlock.
        std::jthread([&] {
          EXPECT_EQ(ends[1].TryAcquire(), IoStatus::kWouldBlock) << robust << protocol << kind;
        }).join();
        EXPECT_EQ(ends[0].Release(), IoStatus::kOk);
        EXPECT_EQ(ends[1].TryAcquire(), IoStatus::kOk);
        EXPECT_EQ(ends[1].Release(), IoStatus::kOk);
      }
    }
  }
}

}  // namespace
}  // namespace ipclab
