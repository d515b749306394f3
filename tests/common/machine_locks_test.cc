// What steps do to mutexes, read-write locks, semaphores and critical sections.

#include <gtest/gtest.h>

#include <cerrno>
#include <climits>

#include "tests/common/program_run.h"

namespace ipclab {
namespace {

TEST(MachineLocksTest, AMutexLetsOneIn) {
  ProgramRun run("mutex m\nprocess P[2] { lock(m); unlock(m) }");
  run.Step('A');
  EXPECT_EQ(run.Object("m"), "held by A");
  EXPECT_EQ(run.Enabled(), "A");
  run.Step('A');
  EXPECT_EQ(run.Object("m"), "free");
  EXPECT_EQ(run.Enabled(), "B");
}

TEST(MachineLocksTest, AnArrayOfLocksIsOneLockAfterTheOther) {
  ProgramRun run("mutex fork[3]\nprocess P[2] { lock(fork[self + 1]) }");
  EXPECT_EQ(run.Step('B').operation.object, FindObject(run.program(), "fork[2]"));
  EXPECT_EQ(run.Object("fork[2]"), "held by B");
  EXPECT_EQ(run.Object("fork[1]"), "free");
  EXPECT_EQ(run.Enabled(), "A");
}

TEST(MachineLocksTest, TryLockIsAlwaysEnabled) {
  ProgramRun run("shared x\nmutex m\nprocess P[2] { got = trylock(m); x = got }");
  EXPECT_EQ(run.Step('A').result, 1);
  const Event refused = run.Step('B');
  EXPECT_EQ(refused.result, 0);
  EXPECT_EQ(refused.error, EBUSY);
  EXPECT_EQ(run.Next('B'), "x = 0");
  EXPECT_EQ(run.Next('A'), "x = 1");
}

TEST(MachineLocksTest, TryLockOfOnesOwnMutexIsRefused) {
  ProgramRun run("mutex m\nprocess A { lock(m); got = trylock(m); unlock(m) }");
  run.Step('A');
  EXPECT_EQ(run.Step('A').error, EBUSY);
  EXPECT_EQ(run.Object("m"), "held by A");
}

TEST(MachineLocksTest, LockingOnesOwnMutexIsADeadlock) {
  ProgramRun run("mutex m\nprocess A { lock(m); lock(m) }");
  run.Step('A');
  EXPECT_EQ(run.Enabled(), "");
  EXPECT_EQ(run.failure(), FailureKind::kDeadlock);
}

TEST(MachineLocksTest, AnErrorCheckingMutexAnswersInstead) {
  Program program = Compiled("shared x\nmutex m\nprocess A { lock(m); lock(m); x = error }");
  program.objects[FindObject(program, "m")].error_checking = true;
  ProgramRun run(std::move(program));
  run.Step('A');
  EXPECT_EQ(run.Step('A').error, EDEADLK);
  EXPECT_EQ(run.Object("m"), "held by A");
  EXPECT_EQ(run.Next('A'), "x = " + std::to_string(EDEADLK));
}

TEST(MachineLocksTest, UnlockingWhatOneDoesNotHoldFailsAndChangesNothing) {
  ProgramRun run("shared x\nmutex m\nprocess A { lock(m) }\nprocess B { unlock(m); x = error }");
  run.Step('A');
  const Event event = run.Step('B');
  EXPECT_EQ(event.error, EPERM);
  EXPECT_TRUE(event.failed);
  EXPECT_EQ(run.Object("m"), "held by A");
  EXPECT_EQ(run.failure(), FailureKind::kForeignUnlock);
  EXPECT_EQ(run.Next('B'), "x = " + std::to_string(EPERM));
}

TEST(MachineLocksTest, UnlockingAFreeMutexFails) {
  ProgramRun run("mutex m\nprocess A { unlock(m) }");
  EXPECT_EQ(run.Step('A').error, EPERM);
  EXPECT_EQ(run.failure(), FailureKind::kForeignUnlock);
}

TEST(MachineLocksTest, ManyReadOrOneWrites) {
  ProgramRun run(R"(
rwlock rw
process Reader[2] { read_lock(rw); unlock(rw) }
process Writer    { write_lock(rw); unlock(rw) }
)");
  run.Steps("A B");
  EXPECT_EQ(run.Object("rw"), "held by A and B to read");
  EXPECT_EQ(run.Enabled(), "AB");
  run.Step('A');
  EXPECT_EQ(run.Object("rw"), "held by B to read");
  EXPECT_EQ(run.Enabled(), "B");
  run.Steps("B C");
  EXPECT_EQ(run.Object("rw"), "held by C to write");
  run.Step('C');
  EXPECT_EQ(run.Object("rw"), "free");
  EXPECT_EQ(run.failure(), FailureKind::kNone);
}

TEST(MachineLocksTest, ReadersWaitForTheWriter) {
  ProgramRun run("rwlock rw\nprocess W { write_lock(rw) }\nprocess R { read_lock(rw) }");
  run.Step('A');
  EXPECT_EQ(run.Enabled(), "");
  EXPECT_EQ(run.failure(), FailureKind::kDeadlock);
}

TEST(MachineLocksTest, ReadingWhatOneWritesIsADeadlock) {
  ProgramRun run("rwlock rw\nprocess A { write_lock(rw); read_lock(rw) }");
  run.Step('A');
  EXPECT_EQ(run.failure(), FailureKind::kDeadlock);
}

TEST(MachineLocksTest, ReadingWhatOneReadsAlreadyIsADeadlock) {
  ProgramRun run(
      "rwlock rw\nprocess A { read_lock(rw); read_lock(rw) }\nprocess B { read_lock(rw) }");
  run.Steps("A");
  EXPECT_EQ(run.Enabled(), "B");
  EXPECT_EQ(run.Obstacle('A'), "waits for rw, which it holds itself to read");
}

TEST(MachineLocksTest, UnlockingAnRwLockThatOthersReadFails) {
  ProgramRun run("rwlock rw\nprocess R { read_lock(rw) }\nprocess B { unlock(rw) }");
  run.Step('A');
  EXPECT_EQ(run.Step('B').error, EPERM);
  EXPECT_EQ(run.Object("rw"), "held by A to read");
  EXPECT_EQ(run.failure(), FailureKind::kForeignUnlock);
}

TEST(MachineLocksTest, ASemaphoreCounts) {
  ProgramRun run("semaphore s = 2\nprocess P[3] { wait(s) }\nprocess Q { post(s) }");
  run.Steps("A B");
  EXPECT_EQ(run.Object("s"), "0");
  EXPECT_EQ(run.Enabled(), "D");
  const Event post = run.Step('D');
  EXPECT_EQ(post.before, 0);
  EXPECT_EQ(post.after, 1);
  EXPECT_EQ(run.Enabled(), "C");
}

TEST(MachineLocksTest, APostWakesNobodyInParticular) {
  ProgramRun run("semaphore s = 0\nprocess P[2] { wait(s) }\nprocess Q { post(s) }");
  run.Step('C');
  EXPECT_EQ(run.Enabled(), "AB");
}

TEST(MachineLocksTest, TryWaitIsAlwaysEnabled) {
  ProgramRun run("shared x\nsemaphore s = 1\nprocess P[2] { got = trywait(s); x = got }");
  EXPECT_EQ(run.Step('A').result, 1);
  const Event refused = run.Step('B');
  EXPECT_EQ(refused.result, 0);
  EXPECT_EQ(refused.error, EAGAIN);
  EXPECT_EQ(run.Object("s"), "0");
}

TEST(MachineLocksTest, ASemaphoreDoesNotGrowBeyondAnInt) {
  Program program = Compiled("semaphore s = 1\nprocess A { post(s) }");
  program.objects[FindObject(program, "s")].initial = {INT_MAX};
  ProgramRun run(std::move(program));
  EXPECT_EQ(run.Step('A').error, EOVERFLOW);
  EXPECT_EQ(run.Object("s"), std::to_string(INT_MAX));
}

TEST(MachineLocksTest, ASemaphoreCountsAsFarAsItsMechanism) {
  Program program = Compiled("semaphore s = 32766\nprocess A { repeat 2 { post(s) } }");
  program.objects[FindObject(program, "s")].most = 32767;
  ProgramRun run(std::move(program));
  EXPECT_EQ(run.Step('A').error, 0);
  EXPECT_EQ(run.Step('A').error, EOVERFLOW);
  EXPECT_EQ(run.Object("s"), "32767");
}

TEST(MachineLocksTest, EnteringAboveItsMostFailsAndGoesOn) {
  ProgramRun run("critical room max 1\nprocess P[2] { critical room { } }");
  run.Step('A');
  EXPECT_EQ(run.Enabled(), "AB");
  const Event entered = run.Step('B');
  EXPECT_TRUE(entered.failed);
  EXPECT_EQ(entered.after, 2);
  EXPECT_EQ(run.failure(), FailureKind::kCritical);
  EXPECT_EQ(run.Object("room"), "A and B inside");
  run.Steps("A B");
  EXPECT_EQ(run.Object("room"), "nobody inside");
}

TEST(MachineLocksTest, EnteringAndLeavingInTurnIsFine) {
  ProgramRun run("process P[2] { critical room max 1 { } }");
  run.Steps("A2 B2");
  EXPECT_EQ(run.failure(), FailureKind::kNone);
}

}  // namespace
}  // namespace ipclab
