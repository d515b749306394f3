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
#include "tests/worker/program_steps.h"
#include "worker/mechanism.h"

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
      if (kind == v1::ProgramObject::CHANNEL) continue;  // those have tests of their own
      said.emplace(mechanism.id(), kinds.at(static_cast<v1::ProgramObject::Kind>(kind)));
    }
    EXPECT_EQ(mechanism.carries_size() > 0,
              mechanism.program_view().empty() != mechanism.program_view_absent().empty())
        << mechanism.id();
  }
  std::set<std::pair<std::string, std::string>> tried;
  for (const Carried& carried : kCarried) tried.emplace(carried.id, carried.kind);
  EXPECT_EQ(said, tried);
}

TEST_F(ProgramStepsTest, WhatIsTheLabsOwnTakesNoKernelObject) { StepAll({.source = kLabs}); }

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

TEST_F(ProgramStepsTest, ASemaphoreCountsAsFarAsTheKernelAndNoFurther) {
  for (const auto& [id, most] :
       {std::pair("sysv_sem", "32767"), std::pair("eventfd", "2147483647"),
        std::pair("posix_sem_unnamed", "2147483647"), std::pair("posix_sem_named", "2147483647")}) {
    const std::string source = std::string("shared refused\nsemaphore s = ") + most + R"(
process P[2] {
  post(s)
  if error == 75 { atomic_add(refused, 1) }
  wait(s)
  post(s)
}
)";
    StepAll({.source = source, .over = {{"s", {id}}}});
    ProgramCrew crew(Zygote(), {.source = source, .over = {{"s", {id}}}});
    ASSERT_TRUE(crew.Connect()) << crew.complaint();
    ExpectDone(crew, crew.Steps({{0}, {1}, {0}, {1}}));
    EXPECT_EQ(State(crew.program(), crew.state()).object(0)[0], 2) << id;
  }
}

TEST_F(ProgramStepsTest, ASemaphoreThatCannotBeginThereIsRefused) {
  ProgramCrew crew(Zygote(), {.source = "semaphore s = 32768\nprocess A { wait(s) }\n",
                              .over = {{"s", {"sysv_sem"}}}});
  ASSERT_FALSE(crew.Connect());
  EXPECT_THAT(crew.complaint(), testing::HasSubstr("counts from 0 to 32767"));
}

TEST_F(ProgramStepsTest, ASemaphoreThatTheKernelWouldTakeBackIsRefused) {
  ProgramCrew crew(Zygote(), {.source = "semaphore s\nprocess A { post(s) }\n",
                              .over = {{"s", {"sysv_sem", {{"undo", "true"}}}}}});
  ASSERT_FALSE(crew.Connect());
  EXPECT_THAT(crew.complaint(), testing::HasSubstr("undo is for CONTENTION"));
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

TEST_F(ProgramStepsTest, WhatTheKernelTellsLiesBesideTheMirror) {
  ProgramCrew crew(Zygote(), {.source = R"(
shared x = 5
semaphore s = 3
channel c
mutex m
process A { wait(s)
 send(c, 1)
 x = 6 }
process B { y = receive(c)
 lock(m)
 print(y) }
process C { wait(s) }
)"});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  const auto told = [&](std::string_view name) -> int64_t {
    const int object = FindObject(crew.program(), name);
    if (crew.baton().told.at(static_cast<size_t>(object)) == 0) return -1;
    const int offset = crew.program().objects[static_cast<size_t>(object)].offset;
    return crew.baton().kernel.at(static_cast<size_t>(offset));
  };
  EXPECT_EQ(told("x"), 5);
  EXPECT_EQ(told("s"), 3);
  EXPECT_EQ(told("c"), 0);
  EXPECT_EQ(told("m"), -1) << "nothing tells how a pthread mutex stands";
  ExpectDone(crew, crew.Steps({{0}, {0}, {0}, {2}}));
  EXPECT_EQ(told("x"), 6);
  EXPECT_EQ(told("s"), 1);
  EXPECT_EQ(told("c"), kRecordBytes);
  ExpectDone(crew, crew.Rewind());
  EXPECT_EQ(told("x"), 5);
  EXPECT_EQ(told("s"), 3);
  EXPECT_EQ(told("c"), 0) << "the last worker has no end of it";
}

TEST_F(ProgramStepsTest, SixteenWorkersMayShareSixtyFourLocks) {
  for (const char* const id : {"mutex", "posix_sem_named", "flock"}) {
    ProgramCrew crew(Zygote(), {.source = R"(
mutex m[64]
process P[16] {
  repeat 4 as i { lock(m[self * 4 + i]) }
  repeat 4 as i { unlock(m[self * 4 + i]) }
}
)",
                                .over = {{"m", {id}}}});
    ASSERT_TRUE(crew.Connect()) << crew.complaint();
    const std::vector<Choose> whole = crew.PlanToEnd(5);
    ExpectDone(crew, crew.Steps({whole.begin(), whole.begin() + 64}));
    ExpectDone(crew, crew.Rewind());
    ExpectDone(crew, crew.Steps(whole));
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
