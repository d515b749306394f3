// Conditions and barriers: operations of two steps.

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/common/program_run.h"

namespace ipclab {
namespace {

constexpr const char* kWaiters = R"(
mutex m
condition c
process P[2] { lock(m); cond_wait(c, m); unlock(m) }
process S    { lock(m); signal(c); unlock(m) }
process T    { broadcast(c) }
)";

TEST(MachineConditionTest, WaitingGivesTheMutexBackInTheSameStep) {
  ProgramRun run(kWaiters);
  run.Step('A');
  const Event slept = run.Step('A');
  EXPECT_TRUE(slept.fell_asleep);
  EXPECT_EQ(run.Object("m"), "free");
  EXPECT_EQ(run.Object("c"), "A sleeps");
  EXPECT_EQ(run.Enabled(), "BCD");
}

TEST(MachineConditionTest, WhoIsWokenGoesOnOnlyWithTheMutex) {
  ProgramRun run(kWaiters);
  run.Steps("A2 C");
  const Event signalled = run.Step('C');
  EXPECT_EQ(signalled.woke, 0);
  EXPECT_EQ(run.Object("c"), "nobody waits");
  EXPECT_EQ(run.Enabled(), "CD");
  run.Step('C');
  EXPECT_EQ(run.Enabled(), "ABD");
  EXPECT_EQ(run.Step('A').error, 0);
  EXPECT_EQ(run.Object("m"), "held by A");
}

TEST(MachineConditionTest, ASignalWithNobodyWaitingIsLost) {
  ProgramRun run(kWaiters);
  run.Step('C');
  EXPECT_EQ(run.Step('C').woke, -1);
  run.Steps("C A2");
  EXPECT_EQ(run.Enabled(), "BD");
}

TEST(MachineConditionTest, WhomASignalWakesIsAChoice) {
  ProgramRun run(kWaiters);
  run.Steps("B2 A2 C");
  EXPECT_EQ(MayWake(run.program(), run.state().data(), 2), 0b11u);
  EXPECT_EQ(run.Step('C', 'A').woke, 0);
  EXPECT_EQ(run.Object("c"), "B sleeps");
  run.Rewind();
  run.Steps("B2 A2 C");
  EXPECT_EQ(run.Step('C').woke, 1) << "without a choice, who waits longest";
}

TEST(MachineConditionTest, WhereOneWaitsThereIsNoChoice) {
  ProgramRun run(kWaiters);
  run.Steps("B2 C");
  EXPECT_EQ(MayWake(run.program(), run.state().data(), 2), 0u);
  EXPECT_EQ(run.Step('C', 'B').woke, 1);
}

TEST(MachineConditionTest, ABroadcastWakesAll) {
  ProgramRun run(kWaiters);
  run.Steps("A2 B2");
  EXPECT_EQ(run.Step('D').woken, 0b11u);
  EXPECT_EQ(run.Enabled(), "ABC");
}

TEST(MachineConditionTest, WaitingWithoutTheMutexFailsAndDoesNotSleep) {
  ProgramRun run("shared x\nmutex m\ncondition c\nprocess A { cond_wait(c, m); x = error }");
  const Event event = run.Step('A');
  EXPECT_EQ(event.error, EPERM);
  EXPECT_FALSE(event.fell_asleep);
  EXPECT_EQ(run.failure(), FailureKind::kForeignUnlock);
  EXPECT_EQ(run.Object("c"), "nobody waits");
  EXPECT_EQ(run.Next('A'), "x = " + std::to_string(EPERM));
}

TEST(MachineConditionTest, ConditionAndMutexMayBothBeOfArrays) {
  ProgramRun run(R"(
mutex m[2]
condition c[2]
process P[2] { lock(m[1 - self]); cond_wait(c[self], m[1 - self]) }
)");
  run.Steps("A2 B");
  EXPECT_EQ(run.Object("c[0]"), "A sleeps");
  EXPECT_EQ(run.Object("m[1]"), "free");
  EXPECT_EQ(run.Next('B'), "cond_wait(c[1], m[0])");
}

TEST(MachineConditionTest, NobodyLeftToSignalIsADeadlock) {
  ProgramRun run("mutex m\ncondition c\nprocess A { lock(m); cond_wait(c, m) }");
  run.Steps("A2");
  EXPECT_EQ(run.failure(), FailureKind::kDeadlock);
}

TEST(MachineBarrierTest, TheLastToArriveNeedsOneStepTheOthersTwo) {
  ProgramRun run("shared x\nbarrier b = 3\nprocess P[3] { barrier_wait(b); x = self }");
  EXPECT_TRUE(run.Step('A').fell_asleep);
  run.Step('B');
  EXPECT_EQ(run.Object("b"), "2 of 3 have arrived");
  EXPECT_EQ(run.Enabled(), "C");
  const Event last = run.Step('C');
  EXPECT_FALSE(last.fell_asleep);
  EXPECT_EQ(last.woken, 0b11u);
  EXPECT_EQ(run.Next('C'), "x = 2");
  EXPECT_EQ(run.Object("b"), "0 of 3 have arrived, A and B may leave");
  run.Step('A');
  EXPECT_EQ(run.Next('A'), "x = 0");
  EXPECT_EQ(run.Object("b"), "0 of 3 have arrived, B may leave");
}

TEST(MachineBarrierTest, ItIsUsedAgainWhileTheSlowLeave) {
  ProgramRun run("barrier b = 2\nprocess P[2] { repeat 2 { barrier_wait(b) } }");
  run.Steps("A B");
  EXPECT_EQ(run.Enabled(), "AB");
  EXPECT_TRUE(run.Step('B').fell_asleep) << "the second round has begun";
  EXPECT_EQ(run.Object("b"), "1 of 2 have arrived, A may leave");
  run.Step('A');
  run.Step('A');
  run.Step('B');
  EXPECT_EQ(run.Enabled(), "");
  EXPECT_EQ(run.failure(), FailureKind::kNone);
}

TEST(MachineBarrierTest, TooFewIsADeadlock) {
  ProgramRun run("barrier b = 3\nprocess P[2] { barrier_wait(b) }");
  run.Steps("A B");
  EXPECT_EQ(run.failure(), FailureKind::kDeadlock);
}

TEST(MachineBarrierTest, OfOneLetsEverybodyThrough) {
  ProgramRun run("barrier b = 1\nprocess A { barrier_wait(b) }");
  EXPECT_FALSE(run.Step('A').fell_asleep);
  EXPECT_EQ(run.failure(), FailureKind::kNone);
}

}  // namespace
}  // namespace ipclab
