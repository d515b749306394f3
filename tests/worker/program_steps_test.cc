// Workers that execute lab programs step by step on kernel objects, with the test as their server:
// every mechanism that carries an object, by a program that does all there is to be done with it.

#include <sys/mman.h>
#include <sys/sem.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "absl/strings/numbers.h"
#include "common/program/state.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/program_crew.h"

namespace ipclab {
namespace {

using testing::AllOf;
using testing::HasSubstr;

#if defined(IPCLAB_SANITIZE)
constexpr int kManyRuns = 100;
#else
constexpr int kManyRuns = 1000;
#endif

constexpr char kCells[] = R"(
shared counter = 10
shared a[3]
process P[3] {
  counter = counter + 1
  a[self] = atomic_add(counter, 2)
  x = exchange(a[0], 7)
  y = cas(counter, 11, 100)
  futex_wait(counter, 100)
  futex_wait(a[2], 5)
  print("x", x, y)
}
process Waker {
  a[2] = 6
  futex_wake(a[2], 3)
  futex_wake(counter, 3)
}
)";

constexpr char kMutex[] = R"(
shared n = 0
mutex m
mutex pair[2]
process P[3] {
  lock(m)
  n = n + 1
  t = trylock(pair[self % 2])
  if t == 1 { unlock(pair[self % 2]) }
  u = trylock(m)
  unlock(m)
  lock(pair[0])
  lock(pair[1])
  unlock(pair[0])
  unlock(pair[1])
}
finally n == 3
)";

constexpr char kSemaphore[] = R"(
semaphore s = 2
semaphore none
shared inside = 0
process P[3] {
  wait(s)
  atomic_add(inside, 1)
  t = trywait(none)
  t = trywait(s)
  if t == 1 { post(s) }
  post(s)
  post(none)
}
)";

constexpr char kRwLock[] = R"(
rwlock r
shared data = 0
process Reader[2] {
  read_lock(r)
  x = data
  unlock(r)
}
process Writer[2] {
  write_lock(r)
  data = data + 1
  unlock(r)
}
)";

// One sender, one receiver: to capacity and back.
constexpr char kPair[] = R"(
channel c[4]
process Sender {
  repeat 6 as i { send(c, 100 + i) }
}
process Receiver {
  shift = 0
  repeat 6 { x = receive(c)
    assert x == 100 + shift
    shift = shift + 1 }
}
)";

// Several of both, and one that is both.
constexpr char kMany[] = R"(
channel c[4]
shared sum = 0
process Sender[2] {
  repeat 3 as i { send(c, 10 * self + i) }
}
process Receiver[2] {
  repeat 2 { x = receive(c)
    atomic_add(sum, x) }
}
process Both {
  send(c, 1000)
  x = receive(c)
  y = receive(c)
  send(c, 5)
}
)";

constexpr char kLabs[] = R"(
mutex m
condition changed
barrier together = 3
shared ready = 0
process Waiter[2] {
  barrier_wait(together)
  lock(m)
  while ready == 0 { cond_wait(changed, m) }
  unlock(m)
  critical room max 3 { x = ready }
}
process Teller {
  barrier_wait(together)
  await(ready == 0)
  lock(m)
  ready = 1
  unlock(m)
  broadcast(changed)
  signal(changed)
}
)";

// As a queue gives it out: by priority, by type, or in order.
constexpr char kTagged[] = R"(
channel c[6]
process Sender {
  send(c, 10, 1)
  send(c, 90, 9)
  send(c, 50, 5)
  send(c, 51, 5)
  send(c, 0)
  send(c, 30, 3)
}
process Receiver {
  a = receive(c)
  b = receive(c)
  d = receive(c)
  print(a, b, d)
}
)";

constexpr char kTyped[] = R"(
channel c[6]
process Sender {
  send(c, 50, 5)
  send(c, 10, 1)
  send(c, 51, 5)
  send(c, 0)
  send(c, 30, 3)
}
process Receiver {
  five = receive(c, 5)
  assert five == 50
  low = receive(c, -3)
  any = receive(c, 0)
  three = receive(c, 3)
  assert three == 30
  lowest = receive(c, -1)
}
)";

constexpr char kTwice[] = R"(
mutex m
shared wrong = 0
process P {
  lock(m)
  lock(m)
  first = error
  t = trylock(m)
  second = error
  unlock(m)
  print(first, second)
}
process Q { unlock(m)
 wrong = error }
)";

// To its capacity and back.
constexpr char kFull[] = R"(
channel c[64]
process Sender { repeat 100 as i { send(c, i) } }
process Receiver { repeat 100 { x = receive(c) } }
)";

class ProgramStepsTest : public testing::Test {
 protected:
  static TestZygote& Zygote() {
    static TestZygote zygote(IPCLAB_WORKER);
    return zygote;
  }

  // What the workers say is that they are done, and both states are equal.
  static void ExpectDone(ProgramCrew& crew, const internal::FromWorker& said) {
    EXPECT_TRUE(said.has_leg_done()) << said.ShortDebugString();
    EXPECT_EQ(crew.Disagreement(), "");
  }

  // By several schedules to the end, each from step 0 again.
  static void StepAll(const ProgramCrew::Plan& plan) {
    ProgramCrew crew(Zygote(), plan);
    ASSERT_TRUE(crew.Connect()) << crew.complaint();
    ExpectDone(crew, crew.Steps(crew.PlanToEnd(0)));
    for (uint64_t seed = 1; seed <= 20 && !HasFailure(); ++seed) {
      ExpectDone(crew, crew.Rewind());
      const std::vector<Choose> whole = crew.PlanToEnd(seed);
      const auto half = whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2);
      ExpectDone(crew, crew.Steps({whole.begin(), half}));
      // To where it is already, by undoing all of it.
      ExpectDone(crew, crew.Rewind({whole.begin(), half}));
      ExpectDone(crew, crew.Steps({half, whole.end()}));
    }
    EXPECT_THAT(crew.Quit(), testing::Each(0));
  }
};

class ProgramCapacityTest : public ProgramStepsTest,
                            public testing::WithParamInterface<const char*> {};

TEST_P(ProgramCapacityTest, HoldsWhatTheChannelSaysOrIsRefused) {
  const std::string id = GetParam();
  if (!Zygote().Find(id)->mechanism().available()) GTEST_SKIP();
  ProgramCrew crew(Zygote(), {.source = kFull, .over = {{"c", {id}}}});
  if (!crew.Connect()) {
    // Who is privileged may have more.
    EXPECT_EQ(id, "posix_mq");
    EXPECT_THAT(crew.complaint(), AllOf(HasSubstr("64 messages"), HasSubstr("msg_max")));
    return;
  }
  ExpectDone(crew, crew.Steps(crew.PlanToEnd(0)));
  ExpectDone(crew, crew.Rewind());
  const std::vector<Choose> plan = crew.PlanToEnd(0);
  ExpectDone(crew, crew.Steps({plan.begin(), plan.begin() + 64}));
  ExpectDone(crew, crew.Rewind());
}

INSTANTIATE_TEST_SUITE_P(Each, ProgramCapacityTest,
                         testing::Values("pipe", "fifo", "posix_mq", "sysv_mq", "unix_stream",
                                         "unix_dgram", "unix_seqpacket", "tcp", "posix_shm_ring",
                                         "mpmc_ring", "cma", "vmsplice", "memfd_pass", "io_uring",
                                         "dbus", "zeromq", "nng", "boost_mq"),
                         [](const testing::TestParamInfo<const char*>& test) {
                           return std::string(test.param);
                         });

struct Carried {
  const char* id;
  const char* program;
  const char* kind;
};

class ProgramMechanismTest : public ProgramStepsTest,
                             public testing::WithParamInterface<Carried> {};

TEST_P(ProgramMechanismTest, DoesOnTheKernelsObjectsWhatTheModelDoes) {
  const Carried& carried = GetParam();
  const internal::MechanismRecord* const record = Zygote().Find(carried.id);
  ASSERT_NE(record, nullptr);
  if (!record->mechanism().available()) GTEST_SKIP() << record->mechanism().unavailable_reason();
  StepAll({.source = carried.program, .over = {{carried.kind, {carried.id}}}});
}

constexpr Carried kCarried[] = {
    {"posix_shm", kCells, "cells"},
    {"sysv_shm", kCells, "cells"},
    {"mmap_file", kCells, "cells"},
    {"memfd", kCells, "cells"},
    {"mutex", kMutex, "mutex"},
    {"spinlock", kMutex, "mutex"},
    {"ticket_lock", kMutex, "mutex"},
    {"mcs_lock", kMutex, "mutex"},
    {"futex_lock", kMutex, "mutex"},
    {"posix_sem_named", kMutex, "mutex"},
    {"posix_sem_unnamed", kMutex, "mutex"},
    {"sysv_sem", kMutex, "mutex"},
    {"flock", kMutex, "mutex"},
    {"fcntl_lock", kMutex, "mutex"},
    {"ofd_lock", kMutex, "mutex"},
    {"posix_sem_named", kSemaphore, "semaphore"},
    {"posix_sem_unnamed", kSemaphore, "semaphore"},
    {"sysv_sem", kSemaphore, "semaphore"},
    {"eventfd", kSemaphore, "semaphore"},
    {"rwlock", kRwLock, "rwlock"},
    {"flock", kRwLock, "rwlock"},
    {"fcntl_lock", kRwLock, "rwlock"},
    {"ofd_lock", kRwLock, "rwlock"},
    {"pipe", kMany, "channel"},
    {"fifo", kMany, "channel"},
    {"posix_mq", kMany, "channel"},
    {"sysv_mq", kMany, "channel"},
    {"pipe", kPair, "channel"},
    {"fifo", kPair, "channel"},
    {"posix_mq", kPair, "channel"},
    {"sysv_mq", kPair, "channel"},
    {"boost_mq", kMany, "channel"},
    {"mpmc_ring", kMany, "channel"},
    {"unix_stream", kPair, "channel"},
    {"unix_dgram", kPair, "channel"},
    {"unix_seqpacket", kPair, "channel"},
    {"tcp", kPair, "channel"},
    {"tcp6", kPair, "channel"},
    {"posix_shm_ring", kPair, "channel"},
    {"sysv_shm_ring", kPair, "channel"},
    {"mmap_file_ring", kPair, "channel"},
    {"memfd_ring", kPair, "channel"},
    {"mpmc_ring", kPair, "channel"},
    {"cma", kPair, "channel"},
    {"vmsplice", kPair, "channel"},
    {"memfd_pass", kPair, "channel"},
    {"io_uring", kPair, "channel"},
    {"dbus", kPair, "channel"},
    {"zeromq", kPair, "channel"},
    {"nng", kPair, "channel"},
    {"boost_mq", kPair, "channel"},
};

INSTANTIATE_TEST_SUITE_P(Each, ProgramMechanismTest, testing::ValuesIn(kCarried),
                         [](const testing::TestParamInfo<Carried>& test) {
                           return std::string(test.param.id) + "_as_" + test.param.kind + "_" +
                                  std::to_string(test.index);
                         });

// What a record says it carries is in the table, and the other way round.
TEST_F(ProgramStepsTest, EveryObjectThatAMechanismSaysItCarriesIsTried) {
  const std::map<v1::ProgramObject::Kind, std::string> kinds = {
      {v1::ProgramObject::CELLS, "cells"},
      {v1::ProgramObject::MUTEX, "mutex"},
      {v1::ProgramObject::RWLOCK, "rwlock"},
      {v1::ProgramObject::SEMAPHORE, "semaphore"},
      {v1::ProgramObject::CHANNEL, "channel"}};
  std::set<std::pair<std::string, std::string>> said;
  for (const internal::MechanismRecord& record : Zygote().hello().mechanisms()) {
    const v1::Mechanism& mechanism = record.mechanism();
    for (const int kind : mechanism.carries()) {
      said.emplace(mechanism.id(), kinds.at(static_cast<v1::ProgramObject::Kind>(kind)));
    }
    EXPECT_EQ(mechanism.carries_size() > 0,
              mechanism.program_view().empty() != mechanism.program_view_absent().empty())
        << mechanism.id();
    const bool carries_channel =
        std::ranges::count(mechanism.carries(), v1::ProgramObject::CHANNEL) > 0;
    EXPECT_EQ(carries_channel, mechanism.discipline() != 0) << mechanism.id();
  }
  std::set<std::pair<std::string, std::string>> tried;
  for (const Carried& carried : kCarried) tried.emplace(carried.id, carried.kind);
  EXPECT_EQ(said, tried);
}

TEST_F(ProgramStepsTest, WhatIsTheLabsOwnTakesNoKernelObject) { StepAll({.source = kLabs}); }

TEST_F(ProgramStepsTest, RecordsComeInTheOrderOfTheMechanism) {
  for (const char* const id : {"posix_mq", "sysv_mq", "pipe", "unix_seqpacket", "boost_mq"}) {
    StepAll({.source = kTagged, .over = {{"c", {id}}}});
  }
  StepAll({.source = kTyped, .over = {{"c", {"sysv_mq"}}}});
}

TEST_F(ProgramStepsTest, AMutexThatChecksSaysSoItself) {
  const ProgramCrew::Plan plan = {.source = kTwice,
                                  .over = {{"m", {"mutex", {{"kind", "errorcheck"}}}}}};
  StepAll(plan);
  ProgramCrew crew(Zygote(), plan);
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  ExpectDone(crew, crew.Steps({{0}, {0}, {0}, {1}, {1}}));
  const State state(crew.program(), crew.state());
  EXPECT_EQ(state.failure().kind, FailureKind::kForeignUnlock);
  EXPECT_EQ(state.object(FindObject(crew.program(), "wrong"))[0], EPERM);
  const Printed& none = crew.baton().prints.entries[0];
  EXPECT_EQ(none.values[0], 0);
  ExpectDone(crew, crew.Steps({{0}}));
  const Printed& printed = crew.baton().prints.entries[0];
  EXPECT_EQ(printed.values[0], EDEADLK);
  EXPECT_EQ(printed.values[1], EBUSY);
}

TEST_F(ProgramStepsTest, WhatUnlocksAnothersDoesNotFreeIt) {
  for (const char* const id : {"mutex", "posix_sem_named", "flock", "spinlock"}) {
    ProgramCrew crew(Zygote(), {.source = R"(
mutex m
process A { lock(m)
 unlock(m) }
process B { unlock(m)
 lock(m)
 unlock(m) }
)",
                                .over = {{"m", {id}}}});
    ASSERT_TRUE(crew.Connect()) << crew.complaint();
    ExpectDone(crew, crew.Steps({{0}, {1}, {0}, {1}, {1}}));
    EXPECT_EQ(State(crew.program(), crew.state()).failure().kind, FailureKind::kForeignUnlock);
  }
}

TEST_F(ProgramStepsTest, TheSameScheduleIsTheSameCourseAThousandTimes) {
  ProgramCrew crew(Zygote(), {.source = kSemaphore});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  const std::vector<Choose> plan = crew.PlanToEnd(7);
  ExpectDone(crew, crew.Steps(plan));
  const uint64_t hash = HashOf(crew.program(), crew.state());
  for (int run = 0; run < kManyRuns; ++run) {
    ASSERT_TRUE(crew.Rewind(plan).has_leg_done());
    ASSERT_EQ(HashOf(crew.program(), crew.state()), hash) << run;
  }
}

}  // namespace
}  // namespace ipclab
