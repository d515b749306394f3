// What students read.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "common/program/words.h"
#include "tests/common/program_run.h"

namespace ipclab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// One step: how it is announced, and what comes of it.
struct Telling {
  char worker;
  const char* next;
  const char* effect;
};

void ExpectTellings(ProgramRun run, const std::vector<Telling>& tellings) {
  for (const Telling& each : tellings) {
    EXPECT_EQ(run.Next(each.worker), each.next);
    EXPECT_EQ(run.Effect(each.worker), each.effect) << each.next;
  }
}

TEST(MachineWordsTest, Cells) {
  ExpectTellings(ProgramRun(R"(
shared x = 10, a[3]
process A {
  x = x + 1
  x = 11
  a[2] = -5
  old = atomic_add(x, 2)
  old = exchange(a[2], 4)
  b = cas(x, 13, 1)
  b = cas(x, 13, 2)
  x = "END"
}
)"),
                 {{'A', "read x", "-> 10"},
                  {'A', "x = 11", "x: 10 -> 11"},
                  {'A', "x = 11", "x stays 11"},
                  {'A', "a[2] = -5", "a[2]: 0 -> -5"},
                  {'A', "atomic_add(x, 2)", "x: 11 -> 13"},
                  {'A', "exchange(a[2], 4)", "a[2]: -5 -> 4"},
                  {'A', "cas(x, 13, 1)", "x: 13 -> 1"},
                  {'A', "cas(x, 13, 2)", "not set: x is 1"},
                  {'A', "x = \"END\"", "x: 1 -> \"END\""}});
}

TEST(MachineWordsTest, Futexes) {
  ExpectTellings(ProgramRun(R"(
shared x
process A { futex_wait(x, 1); futex_wait(x, 0) }
process B { n = futex_wake(x, 1); n = futex_wake(x, 1); await(x == 0 || x > 3) }
)"),
                 {{'A', "futex_wait(x, 1)", "EAGAIN: x is 0"},
                  {'A', "futex_wait(x, 0)", "falls asleep: x is 0"},
                  {'B', "futex_wake(x, 1)", "wakes A"},
                  {'A', "futex_wait(x, 0)", "wakes up"},
                  {'B', "futex_wake(x, 1)", "wakes nobody"},
                  {'B', "await(x == 0 || x > 3)", "it holds"}});
}

TEST(MachineWordsTest, Locks) {
  ExpectTellings(ProgramRun(R"(
mutex m, fork[2]
rwlock rw
process A { lock(m); lock(fork[1]); unlock(m); read_lock(rw); unlock(rw); got = trylock(m) }
process B { got = trylock(fork[1]); write_lock(rw); unlock(rw); unlock(m); unlock(fork[1]) }
)"),
                 {{'A', "lock(m)", "takes m"},
                  {'A', "lock(fork[1])", "takes fork[1]"},
                  {'B', "trylock(fork[1])", "EBUSY: fork[1] is held by A"},
                  {'A', "unlock(m)", "gives m back"},
                  {'A', "read_lock(rw)", "takes rw to read"},
                  {'A', "unlock(rw)", "gives rw back"},
                  {'B', "write_lock(rw)", "takes rw to write"},
                  {'B', "unlock(rw)", "gives rw back"},
                  {'B', "unlock(m)", "EPERM: m is not its own"},
                  {'B', "unlock(fork[1])", "EPERM: fork[1] is held by A"},
                  {'A', "trylock(m)", "takes m"}});
}

TEST(MachineWordsTest, SemaphoresAndSections) {
  ExpectTellings(ProgramRun(R"(
semaphore s = 1
process P[2] { wait(s); critical room max 1 { }; post(s) }
process C { got = trywait(s); critical room { } }
)"),
                 {{'A', "wait(s)", "s: 1 -> 0"},
                  {'C', "trywait(s)", "EAGAIN: s is 0"},
                  {'A', "enter room", "1 inside, at most 1"},
                  {'C', "enter room", "2 inside, at most 1 may be"},
                  {'A', "leave room", "leaves room"},
                  {'A', "post(s)", "s: 0 -> 1"}});
}

TEST(MachineWordsTest, ConditionsAndBarriers) {
  ExpectTellings(ProgramRun(R"(
mutex m
condition c
barrier b = 2
process P[2] { lock(m); cond_wait(c, m); unlock(m); barrier_wait(b) }
process S { signal(c); broadcast(c); signal(c); cond_wait(c, m) }
)"),
                 {{'A', "lock(m)", "takes m"},
                  {'A', "cond_wait(c, m)", "falls asleep on c and gives m back"},
                  {'C', "signal(c)", "wakes A"},
                  {'A', "cond_wait(c, m)", "wakes up and takes m"},
                  {'A', "unlock(m)", "gives m back"},
                  {'A', "barrier_wait(b)", "arrives at b: 1 of 2"},
                  {'B', "lock(m)", "takes m"},
                  {'B', "cond_wait(c, m)", "falls asleep on c and gives m back"},
                  {'C', "broadcast(c)", "wakes B"},
                  {'C', "signal(c)", "nobody waits on c"},
                  {'C', "cond_wait(c, m)", "EPERM: m is not its own"},
                  {'B', "cond_wait(c, m)", "wakes up and takes m"},
                  {'B', "unlock(m)", "gives m back"},
                  {'B', "barrier_wait(b)", "arrives last at b: wakes A"},
                  {'A', "barrier_wait(b)", "leaves b"}});
}

TEST(MachineWordsTest, Channels) {
  ExpectTellings(ProgramRun(R"(
channel c[2]
process A { send(c, 5); send(c, "END", 9) }
process B { x = receive(c); x = receive(c, -3) }
)"),
                 {{'A', "send(c, 5)", "c holds 1 of 2"},
                  {'A', "send(c, \"END\", 9)", "c holds 2 of 2"},
                  {'B', "receive(c)", "-> 5"},
                  {'B', "receive(c, -3)", "-> \"END\""}});
}

struct Blocking {
  const char* source;
  const char* items;  // until the worker is blocked
  char worker;
  const char* obstacle;
};

TEST(MachineWordsTest, WhyAWorkerIsNotReady) {
  const std::vector<Blocking> blockings = {
      {"mutex fork[2]\nprocess P[2] { lock(fork[1]); unlock(fork[1]) }", "B", 'A',
       "waits for fork[1], held by B"},
      {"mutex m\nprocess P[2] { lock(m) }", "B", 'A',
       "waits for m, held by B, which has come to its end"},
      {"mutex m\nprocess A { lock(m); lock(m) }", "A", 'A', "waits for m, which it holds itself"},
      {"semaphore s = 0\nprocess A { wait(s) }", "", 'A', "waits for s, which is 0"},
      {"shared f\nprocess A { await(f == 1 && (f > 0 || !f)) }", "", 'A',
       "waits until f == 1 && (f > 0 || !f)"},
      {"shared f[2], t\nprocess P[2] { o = 1 - self; await(f[o] != 0 && t == self) }", "", 'B',
       "waits until f[o] != 0 && t == self"},
      {"shared x, a[2]\nprocess A { futex_wait(a[1], 0) }", "A", 'A',
       "sleeps on a[1] until it is woken"},
      {"mutex m\ncondition c\nprocess A { lock(m); cond_wait(c, m) }", "A2", 'A',
       "sleeps on c until it is signalled"},
      {"mutex m\ncondition c\nprocess A { lock(m); cond_wait(c, m) }\n"
       "process B { lock(m); signal(c); unlock(m) }",
       "A2 B2", 'A', "is woken from c and waits for m, held by B"},
      {"barrier b = 3\nprocess P[2] { barrier_wait(b) }", "A B", 'A',
       "waits at b, where 2 of 3 have arrived"},
      {"channel c[1]\nprocess A { send(c, 1); send(c, 2) }", "A", 'A',
       "waits for room in c, which is full"},
      {"channel c[1]\nprocess A { x = receive(c) }", "", 'A',
       "waits for a record in c, which is empty"},
      {"rwlock rw\nprocess R[2] { read_lock(rw); unlock(rw) }\nprocess W { write_lock(rw) }", "A B",
       'C', "waits for rw, held by A and B to read"},
      {"rwlock rw\nprocess W { write_lock(rw); unlock(rw) }\nprocess R { read_lock(rw) }", "A", 'B',
       "waits for rw, held by A to write"},
      {"rwlock rw\nprocess A { write_lock(rw); read_lock(rw) }", "A", 'A',
       "waits for rw, which it holds itself to write (EDEADLK)"},
      {"rwlock rw\nprocess A { read_lock(rw); write_lock(rw) }", "A", 'A',
       "waits for rw, which it holds itself to read"},
      {"shared x\nprocess A { x = 1 }", "A", 'A', "has come to its end"},
      {"shared x\nprocess A { x = 1; x = 1 }", "A", 'A', ""},
      {"shared x\nprocess A { a = x; x = 1 / a }", "A", 'A',
       "is stuck: it divided by zero at line 2"},
      {"shared a[2], i = 7\nprocess A {\n a[i] = 1\n}", "A", 'A',
       "is stuck: it left the array a at line 3"},
      {"shared x\nprocess A { x = 1; while true { } }", "A", 'A',
       "is stuck: it ran on without an operation on a shared object at line 2"},
  };
  for (const Blocking& each : blockings) {
    ProgramRun run(each.source);
    run.Steps(each.items);
    EXPECT_EQ(run.Obstacle(each.worker), each.obstacle) << each.source;
  }
}

TEST(MachineWordsTest, AReceiverOfATypeSaysWhich) {
  Program program = Compiled(R"(
channel c[2]
process A { send(c, 1, 9) }
process B { x = receive(c, 3) }
process C { x = receive(c, -4) }
)");
  program.objects[0].discipline = Discipline::kByType;
  ProgramRun run(std::move(program));
  run.Step('A');
  EXPECT_EQ(run.Obstacle('B'), "waits for a record of type 3 in c, which holds 1 record");
  EXPECT_EQ(run.Obstacle('C'), "waits for a record of a type up to 4 in c, which holds 1 record");
}

TEST(MachineWordsTest, HoldersAreNamed) {
  ProgramRun run("mutex m\nprocess P[2] { lock(m); unlock(m) }");
  run.Step('B');
  const Obstacle obstacle = ObstacleOf(run.program(), run.state().data(), 0);
  EXPECT_EQ(obstacle.object, 0);
  EXPECT_THAT(obstacle.holders, ElementsAre(1));
}

TEST(MachineWordsTest, ADeadlockIsToldByItsRing) {
  ProgramRun run(R"(
mutex m, n, o
process A { lock(m); lock(n) }
process B { lock(n); lock(m) }
process C { lock(m) }
)");
  run.Steps("A B");
  EXPECT_EQ(run.FailureNow(), "deadlock: A waits for n held by B, B waits for m held by A");
  EXPECT_TRUE(IsDeadlock(run.program(), run.state().data()));
  EXPECT_THAT(WaitsOf(run.program(), run.state().data()),
              ElementsAre("A waits for n, held by B", "B waits for m, held by A"));
}

TEST(MachineWordsTest, ARingMayLeadThroughAnyOfSeveralHolders) {
  ProgramRun run(R"(
semaphore s = 0
rwlock rw
mutex m
process A { read_lock(rw); wait(s) }
process B { read_lock(rw); lock(m) }
process C { lock(m); write_lock(rw) }
)");
  run.Steps("A B C");
  EXPECT_EQ(run.FailureNow(),
            "deadlock: B waits for m held by C, C waits for rw held by A and B to read");
}

TEST(MachineWordsTest, ADeadlockWithoutARingIsToldByAllWhoWait) {
  ProgramRun run(R"(
semaphore s = 0
shared flag
process A { wait(s) }
process B { await(flag == 1) }
)");
  EXPECT_EQ(run.FailureNow(), "deadlock: A waits for s which is 0, B waits until flag == 1");
}

TEST(MachineWordsTest, WhoIsStuckAloneIsNoDeadlock) {
  ProgramRun run("shared x\nprocess A { a = x; a = 1 / a }");
  run.Step('A');
  EXPECT_FALSE(IsDeadlock(run.program(), run.state().data()));
}

struct Failing {
  const char* source;
  const char* items;
  const char* failure;
};

TEST(MachineWordsTest, FailuresNameTheirValues) {
  const std::vector<Failing> failings = {
      {"shared x\nprocess A { x = 1 }", "A", ""},
      {"shared x, a[2]\nprocess A { x = 1 }\nfinally x == a[1]", "A",
       "finally x == a[1]: x is 1, a is [0, 0]"},
      {"shared x\nprocess A { x = 2 }\nalways x < 2", "A", "always x < 2: x is 2"},
      {"shared x\nprocess A { x = 2; x = 0 }\nalways x < 2", "A2", "always x < 2"},
      {"shared x\nprocess A { a = x; assert a == 2 }", "A", "assert a == 2: not so in A"},
      {"process P[2] { critical room max 1 { } }", "A B",
       "critical room: A and B are inside, at most 1 may be"},
      {"process P[2] { critical room max 1 { } }", "A B A",
       "critical room: too many were inside, at most 1 may be"},
      {"mutex m\nprocess A { unlock(m) }", "A",
       "foreign unlock: A gives back m, which it does not hold"},
      {"shared x\nprocess A {\n x = 1\n while true { }\n}", "A",
       "budget: A at line 4 ran 100000 instructions without an operation on a shared object"},
      {"mutex m[2]\nshared i = 2\nprocess A {\n j = i\n lock(m[j])\n}", "A",
       "index: A at line 5 left the array m[2]"},
      {"shared x\nprocess A { a = x; a = 1 % a }", "A", "division: A at line 2 divided by zero"},
  };
  for (const Failing& each : failings) {
    ProgramRun run(each.source);
    run.Steps(each.items);
    EXPECT_EQ(run.FailureNow(), each.failure) << each.source;
  }
}

TEST(MachineWordsTest, AnOutcomeIsWhatIsObservedOrAllCells) {
  const auto outcome = [](const char* source, const char* items) {
    ProgramRun run(source);
    run.Steps(items);
    return OutcomeText(run.program(), run.state().data());
  };
  EXPECT_EQ(outcome("shared a[2] = {1, 2}, counter = 10\nprocess A { counter = 11 }", "A"),
            "a=[1,2], counter=11");
  EXPECT_EQ(outcome("shared x, y = 3\nprocess A { x = 1 }\nobserve y, x + y", "A"), "y=3, x + y=4");
  EXPECT_EQ(outcome("shared x\nmutex m\nprocess A { lock(m); lock(m) }", "A"), "deadlock: x=0");
}

TEST(MachineWordsTest, WhatIsLeftOverIsNoticed) {
  ProgramRun run(R"(
channel c[2]
mutex m
process A { lock(m); send(c, 1); send(c, 2) }
)");
  EXPECT_THAT(NoticesOf(run.program(), run.state().data()), IsEmpty());
  run.Steps("A2");
  EXPECT_THAT(NoticesOf(run.program(), run.state().data()), ElementsAre("1 record was left in c"));
  run.Step('A');
  EXPECT_THAT(NoticesOf(run.program(), run.state().data()),
              ElementsAre("2 records were left in c", "A did not give m back"));
}

TEST(MachineWordsTest, ErrorsHaveTheirNames) {
  EXPECT_EQ(ErrorText(0), "");
  EXPECT_EQ(ErrorText(EAGAIN), "EAGAIN");
  EXPECT_EQ(ErrorText(EPERM), "EPERM");
  EXPECT_EQ(ErrorText(99999), "errno 99999");
}

TEST(MachineWordsTest, PrintedValuesAndStrings) {
  ProgramRun run("shared x = 3\nprocess A { a = x; s = \"END\"; print \"x is\", a, s }");
  run.Step('A');
  EXPECT_EQ(run.Printed(), "A: x is 3 END\n");
}

}  // namespace
}  // namespace ipclab
