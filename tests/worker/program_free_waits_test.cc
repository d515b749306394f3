// Free runs where workers wait for each other: nobody who is woken sleeps on, and what cannot be
// waited for has its verdict or its error.

#include <pthread.h>
#include <sys/mman.h>
#include <sys/sem.h>

#include <atomic>
#include <cerrno>
#include <chrono>

#include "absl/strings/numbers.h"
#include "common/program/state.h"
#include "common/program/words.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/program_crew.h"

namespace ipclab {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ProgramFreeWaitsTest : public testing::Test {
 protected:
  static int64_t Cell(ProgramCrew& crew, std::string_view cell) {
    return State(crew.program(), crew.state()).object(FindObject(crew.program(), cell))[0];
  }
  static Failure FailureOf(ProgramCrew& crew) {
    return State(crew.program(), crew.state()).failure();
  }
  // A cell over memfd that the workers read.
  static std::atomic_ref<int64_t> Real(ProgramCrew& crew, std::string_view cell) {
    void* const memory = ::mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE, MAP_SHARED,
                                crew.offer(cell).descriptors.at(0).get(), 0);
    EXPECT_NE(memory, MAP_FAILED);
    return std::atomic_ref<int64_t>(*static_cast<int64_t*>(memory));
  }
  static void AwaitSteps(ProgramCrew& crew, size_t worker, int64_t steps) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (crew.baton().tallies[worker].steps < steps) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "worker " << worker;
    }
  }

  TestZygote zygote_{IPCLAB_WORKER};
};

TEST_F(ProgramFreeWaitsTest, BroadcastsInQuickRoundsReachEverybody) {
  ProgramCrew crew(zygote_, {.source = R"(
shared here = 0
shared round = 0
mutex m
condition next
process P[4] {
  repeat 3000 as mine {
    lock(m)
    here = here + 1
    if here == 4 {
      here = 0
      round = round + 1
      broadcast(next)
    } else {
      while round == mine { cond_wait(next, m) }
    }
    unlock(m)
  }
}
)"});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  ASSERT_TRUE(crew.RunFree().has_leg_done());
  EXPECT_EQ(Cell(crew, "round"), 3000);
  EXPECT_EQ(FailureOf(crew).kind, FailureKind::kNone);
}

TEST_F(ProgramFreeWaitsTest, EverySignalWakesOne) {
  ProgramCrew crew(zygote_, {.source = R"(
shared waiting = 0
shared woken = 0
mutex m
condition c
process Sleeper[3] {
  lock(m)
  waiting = waiting + 1
  cond_wait(c, m)
  woken = woken + 1
  unlock(m)
}
process Waker {
  await(waiting == 3)
  repeat 3 as i {
    lock(m)
    assert woken == i
    signal(c)
    unlock(m)
    await(woken == i + 1)
  }
}
)"});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  ASSERT_TRUE(crew.RunFree().has_leg_done());
  EXPECT_EQ(Cell(crew, "woken"), 3);
  EXPECT_EQ(FailureOf(crew).kind, FailureKind::kNone);
}

// Who comes back to the meeting by itself, to look, is behind the signal there, and is not asleep
// when it is given.
TEST_F(ProgramFreeWaitsTest, ASignalWakesWhoHasSleptForLong) {
  ProgramCrew crew(zygote_, {.source = R"(
shared waiting = 0
shared go = 0
mutex m
condition c
process Sleeper { lock(m)
 waiting = 1
 cond_wait(c, m)
 unlock(m) }
process Waker { await(waiting == 1)
 lock(m)
 unlock(m)
 await(go == 1)
 signal(c) }
)",
                             .over = {{"go", {"memfd"}}}});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  Order(crew.baton(), BatonCommand::kFree, crew.size());
  AwaitSteps(crew, 1, 3);
  pthread_mutex_t& meeting =
      crew.baton().meetings[static_cast<size_t>(FindObject(crew.program(), "c"))].mutex;
  ASSERT_EQ(::pthread_mutex_lock(&meeting), 0);  // only when the sleeper sleeps
  Real(crew, "go") = 1;
  AwaitSteps(crew, 1, 4);
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(150);
  while (std::chrono::steady_clock::now() < end) {
    ASSERT_EQ(crew.baton().tallies[0].steps, 2) << "nobody has signalled yet";
  }
  ::pthread_mutex_unlock(&meeting);
  EXPECT_TRUE(crew.AwaitAny().has_leg_done());
}

TEST_F(ProgramFreeWaitsTest, ADeadlockThatTheKernelRefusesIsTheVerdict) {
  constexpr const char* kSources[] = {R"(
mutex a over fcntl_lock
mutex b over fcntl_lock
barrier both = 2
process P { lock(a)
 barrier_wait(both)
 lock(b)
 unlock(b)
 unlock(a) }
process Q { lock(b)
 barrier_wait(both)
 lock(a)
 unlock(a)
 unlock(b) }
)",
                                      R"(
mutex a over fcntl_lock
mutex b over fcntl_lock
shared waiting = 0
condition c
process P { lock(b)
 lock(a)
 waiting = 1
 cond_wait(c, a)
 unlock(a)
 unlock(b) }
process Q { await(waiting == 1)
 lock(a)
 signal(c)
 lock(b)
 unlock(b)
 unlock(a) }
)"};
  for (const char* const source : kSources) {
    ProgramCrew crew(zygote_, {.source = source});
    ASSERT_TRUE(crew.Connect()) << crew.complaint();
    ASSERT_TRUE(crew.RunFree().has_leg_done());
    const Failure failure = FailureOf(crew);
    EXPECT_EQ(failure.kind, FailureKind::kDeadlock);
    const State state(crew.program(), crew.state());
    const int stuck = static_cast<int>(failure.worker);
    EXPECT_EQ(state.frame(stuck).run, RunState::kStuck);
    EXPECT_EQ(state.frame(1 - stuck).run, RunState::kDone);
    EXPECT_THAT(FailureText(crew.program(), crew.state()),
                AllOf(HasSubstr("deadlock: "), HasSubstr("is stuck"), HasSubstr("EDEADLK")));
    EXPECT_THAT(ObstacleOf(crew.program(), crew.state(), stuck).text, HasSubstr("EDEADLK"));
    ASSERT_TRUE(crew.Rewind().has_leg_done()) << "what it held was given back";
    EXPECT_EQ(crew.Disagreement(), "");
  }
}

TEST_F(ProgramFreeWaitsTest, OnlyWhatIsNotHeldIsAForeignUnlockOfAWait) {
  ProgramCrew crew(zygote_, {.source = R"(
shared go = 0
shared got = 0
mutex m over sysv_sem
condition c
process P { lock(m)
 await(go == 1)
 cond_wait(c, m)
 got = error }
)",
                             .over = {{"go", {"memfd"}}}});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  Order(crew.baton(), BatonCommand::kFree, crew.size());
  AwaitSteps(crew, 0, 1);
  int set = -1;
  ASSERT_TRUE(absl::SimpleAtoi(crew.offer("m").bytes, &set));
  ASSERT_EQ(::semctl(set, 0, IPC_RMID), 0);
  Real(crew, "go") = 1;
  ASSERT_TRUE(crew.AwaitAny().has_leg_done());
  EXPECT_EQ(Cell(crew, "got"), EPIPE);
  EXPECT_EQ(FailureOf(crew).kind, FailureKind::kNone);
}

TEST_F(ProgramFreeWaitsTest, AFutexWakeOfNobodyWakesNobody) {
  ProgramCrew crew(zygote_, {.source = R"(
shared x = 0
shared begun = 0
shared woken = 0
shared answers = 0
shared by_one = 0
process Sleeper { begun = 1
 futex_wait(x, 0)
 woken = 1 }
process Waker {
  await(begun == 1)
  sum = 0
  repeat 30000 { sum = sum + futex_wake(x, 0) + futex_wake(x, 0 - 1) }
  answers = sum
  while woken == 0 {
    if futex_wake(x, 1) == 1 { by_one = 1 }
  }
}
)"});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  ASSERT_TRUE(crew.RunFree().has_leg_done());
  EXPECT_EQ(Cell(crew, "answers"), 0);
  EXPECT_EQ(Cell(crew, "by_one"), 1);
}

}  // namespace
}  // namespace ipclab
