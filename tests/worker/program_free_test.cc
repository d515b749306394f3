// Free runs: real processes at full speed by blocking calls, where what is right stays right and
// races show.

#include "common/program/state.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/program_crew.h"

namespace ipclab {
namespace {

#if defined(IPCLAB_SANITIZE)
constexpr int kRounds = 10'000;
#else
constexpr int kRounds = 100'000;
#endif

class ProgramFreeTest : public testing::Test {
 protected:
  // Runs it freely; the value of a cell then.
  int64_t RunFor(const ProgramCrew::Plan& plan, std::string_view cell) {
    ProgramCrew crew(zygote_, plan);
    if (!crew.Connect()) {
      ADD_FAILURE() << crew.complaint();
      return -1;
    }
    const internal::FromWorker said = crew.RunFree();
    EXPECT_TRUE(said.has_leg_done()) << said.ShortDebugString();
    for (int worker = 0; worker < crew.size(); ++worker) {
      EXPECT_EQ(State(crew.program(), crew.state()).frame(worker).run, RunState::kDone);
    }
    EXPECT_EQ(State(crew.program(), crew.state()).failure().kind, FailureKind::kNone);
    const int64_t value =
        State(crew.program(), crew.state()).object(FindObject(crew.program(), cell))[0];
    EXPECT_THAT(crew.Quit(), testing::Each(0));
    return value;
  }

  TestZygote zygote_{IPCLAB_WORKER};
};

constexpr char kCounter[] = R"(
param rounds = 1 in 1..1000000
variant racy, mutex, semaphore, atomic, exchange
shared counter = 0
shared taken = 0
mutex m
semaphore s = 1
process P[4] {
  repeat rounds {
    if variant == mutex { lock(m) }
    if variant == semaphore { wait(s) }
    if variant == exchange { while exchange(taken, 1) == 1 { } }
    if variant == atomic { atomic_add(counter, 1) } else { counter = counter + 1 }
    if variant == exchange { taken = 0 }
    if variant == semaphore { post(s) }
    if variant == mutex { unlock(m) }
  }
}
)";

TEST_F(ProgramFreeTest, WhatIsProtectedLosesNothing) {
  for (const char* const variant : {"mutex", "semaphore", "atomic"}) {
    const int64_t counted =
        RunFor({.source = kCounter, .variant = variant, .parameters = {{"rounds", kRounds / 10}}},
               "counter");
    EXPECT_EQ(counted, 4 * kRounds / 10) << variant;
  }
}

TEST_F(ProgramFreeTest, WhatIsNotLosesUpdatesAndTakesNoLongTime) {
  const auto before = std::chrono::steady_clock::now();
  const int64_t counted = RunFor(
      {.source = kCounter, .variant = "racy", .parameters = {{"rounds", 10 * kRounds}}}, "counter");
  const auto took = std::chrono::steady_clock::now() - before;
  EXPECT_LT(counted, 4 * 10 * kRounds);
  EXPECT_GT(counted, 0);
  std::printf(
      "%lld of %d in %lld ms\n", static_cast<long long>(counted), 40 * kRounds,
      static_cast<long long>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  EXPECT_LT(took, std::chrono::seconds(20));
}

TEST_F(ProgramFreeTest, LocksOfEveryKindExclude) {
  for (const char* const id : {"mutex", "spinlock", "ticket_lock", "mcs_lock", "futex_lock",
                               "posix_sem_named", "sysv_sem", "flock", "fcntl_lock", "ofd_lock"}) {
    const int64_t counted = RunFor({.source = kCounter,
                                    .variant = "mutex",
                                    .parameters = {{"rounds", 500}},
                                    .over = {{"m", {id}}}},
                                   "counter");
    EXPECT_EQ(counted, 2000) << id;
  }
}

TEST_F(ProgramFreeTest, ConditionsAndBarriersWorkOverAnyLock) {
  constexpr char kSource[] = R"(
param rounds = 200 in 1..100000
shared full = 0
shared slot = 0
shared sum = 0
mutex m
condition changed
barrier together = 3
process Producer {
  repeat rounds as i {
    lock(m)
    while full == 1 { cond_wait(changed, m) }
    slot = i + 1
    full = 1
    broadcast(changed)
    unlock(m)
  }
  barrier_wait(together)
  barrier_wait(together)
}
process Consumer[2] {
  repeat rounds / 2 {
    lock(m)
    while full == 0 { cond_wait(changed, m) }
    sum = sum + slot
    full = 0
    broadcast(changed)
    unlock(m)
  }
  barrier_wait(together)
  barrier_wait(together)
}
)";
  for (const char* const id : {"mutex", "futex_lock", "posix_sem_named", "flock"}) {
    EXPECT_EQ(RunFor({.source = kSource, .over = {{"m", {id}}}}, "sum"), 200 * 201 / 2) << id;
  }
}

TEST_F(ProgramFreeTest, ChannelsCarryAllThatIsSentWhoeverWaits) {
  constexpr char kSource[] = R"(
channel c[4]
shared sum = 0
process Sender[2] { repeat 2000 as i { send(c, i) } }
process Receiver[2] {
  own = 0
  repeat 2000 { own = own + receive(c) }
  atomic_add(sum, own)
}
)";
  for (const char* const id : {"pipe", "fifo", "posix_mq", "sysv_mq"}) {
    EXPECT_EQ(RunFor({.source = kSource, .over = {{"c", {id}}}}, "sum"), 2 * 1999 * 1000) << id;
  }
}

TEST_F(ProgramFreeTest, AwaitAndFutexWakeUp) {
  constexpr char kSource[] = R"(
shared turn = 0
shared word = 0
shared done = 0
process P[2] {
  repeat 200 {
    await(turn == self)
    turn = 1 - self
  }
  if self == 0 {
    while word == 0 { futex_wait(word, 0) }
  } else {
    word = 1
    futex_wake(word, 1)
  }
  atomic_add(done, 1)
}
)";
  EXPECT_EQ(RunFor({.source = kSource}, "done"), 2);
}

TEST_F(ProgramFreeTest, ACriticalSectionThatIsNotOneFails) {
  ProgramCrew crew(zygote_, {.source = R"(
shared x = 0
barrier both = 2
process P[2] {
  critical room max 1 { barrier_wait(both) }
}
)"});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  ASSERT_TRUE(crew.RunFree().has_leg_done());
  EXPECT_EQ(State(crew.program(), crew.state()).failure().kind, FailureKind::kCritical);
}

TEST_F(ProgramFreeTest, AnAssertThatFailsIsKeptAndTheRunGoesOn) {
  ProgramCrew crew(zygote_, {.source = R"(
shared x = 0
process P { x = 1
 assert x == 2
 x = 3 }
)"});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  ASSERT_TRUE(crew.RunFree().has_leg_done());
  const State state(crew.program(), crew.state());
  EXPECT_EQ(state.failure().kind, FailureKind::kAssert);
  EXPECT_EQ(state.object(FindObject(crew.program(), "x"))[0], 3);
}

TEST_F(ProgramFreeTest, CanBeSteppedAfterwardsFromStepZero) {
  ProgramCrew crew(zygote_,
                   {.source = kCounter, .variant = "mutex", .parameters = {{"rounds", 3}}});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  for (int run = 0; run < 3; ++run) {
    ASSERT_TRUE(crew.RunFree().has_leg_done());
    ASSERT_TRUE(crew.Rewind().has_leg_done());
    EXPECT_EQ(crew.Disagreement(), "");
    ASSERT_TRUE(crew.Steps(crew.PlanToEnd(static_cast<uint64_t>(run) + 1)).has_leg_done());
    EXPECT_EQ(crew.Disagreement(), "");
    ASSERT_TRUE(crew.Rewind().has_leg_done());
  }
}

}  // namespace
}  // namespace ipclab
