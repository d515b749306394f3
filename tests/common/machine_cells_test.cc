// What steps do to cells: reads, writes, the atomic operations, futexes, await.

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/common/program_run.h"

namespace ipclab {
namespace {

TEST(MachineCellsTest, AReadAndAWriteAreAStepEach) {
  ProgramRun run("shared x = 10\nprocess A { x = x + 1 }");
  EXPECT_EQ(run.Next('A'), "read x");
  const Event read = run.Step('A');
  EXPECT_EQ(read.result, 10);
  EXPECT_EQ(run.Object("x"), "10");
  EXPECT_EQ(run.Next('A'), "x = 11");
  const Event write = run.Step('A');
  EXPECT_EQ(write.before, 10);
  EXPECT_EQ(write.after, 11);
  EXPECT_EQ(run.Enabled(), "");
}

TEST(MachineCellsTest, AnIndexThatIsSharedIsReadInAStepOfItsOwn) {
  ProgramRun run("shared a[3] = {5, 6, 7}, i = 2\nshared y\nprocess A { y = a[i] }");
  EXPECT_EQ(run.Next('A'), "read i");
  run.Step('A');
  EXPECT_EQ(run.Next('A'), "read a[2]");
  run.Step('A');
  EXPECT_EQ(run.Next('A'), "y = 7");
}

TEST(MachineCellsTest, OperandsAreReadFromLeftToRight) {
  ProgramRun run("shared x = 1, y = 2\nprocess A { x = x + y }");
  std::string order;
  while (run.Enabled() == "A") {
    order += run.Next('A') + "; ";
    run.Step('A');
  }
  EXPECT_EQ(order, "read x; read y; x = 3; ");
}

TEST(MachineCellsTest, AndAndOrNeitherEvaluateNorStepWhatTheySkip) {
  ProgramRun run(R"(
shared x = 0, y = 1, z = 5
process A { if x != 0 && z == 5 { z = 1 } }
process B { if y != 0 || z == 5 { z = 2 } }
)");
  run.Step('A');
  EXPECT_EQ(run.Enabled(), "B");
  run.Step('B');
  EXPECT_EQ(run.Next('B'), "z = 2");
}

TEST(MachineCellsTest, AtomicAddIsOneStepAndGivesWhatWasThereBefore) {
  ProgramRun run("shared x = 3\nprocess A { old = atomic_add(x, 4); x = old }");
  const Event event = run.Step('A');
  EXPECT_EQ(event.result, 3);
  EXPECT_EQ(event.after, 7);
  EXPECT_EQ(run.Next('A'), "x = 3");
}

TEST(MachineCellsTest, ExchangeGivesWhatWasThereBefore) {
  ProgramRun run("shared x = 3\nprocess A { old = exchange(x, 9); x = old }");
  EXPECT_EQ(run.Step('A').result, 3);
  EXPECT_EQ(run.Object("x"), "9");
  EXPECT_EQ(run.Next('A'), "x = 3");
}

TEST(MachineCellsTest, CasSetsOnlyWhatIsAsExpected) {
  ProgramRun run("shared x = 3\nprocess A { a = cas(x, 4, 9); b = cas(x, 3, 9); x = a * 10 + b }");
  EXPECT_EQ(run.Step('A').result, 0);
  EXPECT_EQ(run.Object("x"), "3");
  EXPECT_EQ(run.Step('A').result, 1);
  EXPECT_EQ(run.Object("x"), "9");
  EXPECT_EQ(run.Next('A'), "x = 1");
}

TEST(MachineCellsTest, AwaitIsEnabledOnlyWhileItsWholeConditionHolds) {
  ProgramRun run(R"(
shared x = 0, y = 0
process A { await(x == 1 && y == 0); y = 5 }
process B { x = 1; y = 1; y = 0 }
)");
  EXPECT_EQ(run.Enabled(), "B");
  run.Step('B');
  EXPECT_EQ(run.Enabled(), "AB");
  run.Step('B');
  EXPECT_EQ(run.Enabled(), "B");
  run.Step('B');
  EXPECT_EQ(run.Enabled(), "A");
  run.Step('A');
  EXPECT_EQ(run.Next('A'), "y = 5");
}

TEST(MachineCellsTest, AwaitSeesTheLocalsOfItsWorker) {
  ProgramRun run(R"(
shared turn = 1
process P[2] { other = 1 - self; await(turn != other) }
)");
  EXPECT_EQ(run.Enabled(), "B");
}

TEST(MachineCellsTest, FutexWaitOfAnotherValueFailsAtOnce) {
  ProgramRun run("shared x = 1\nprocess A { futex_wait(x, 0); x = error }");
  EXPECT_EQ(run.Step('A').error, EAGAIN);
  EXPECT_EQ(run.Next('A'), "x = " + std::to_string(EAGAIN));
}

TEST(MachineCellsTest, FutexWakesWhoSleepsLongestFirst) {
  ProgramRun run(R"(
shared x = 0
process P[3] { futex_wait(x, 0) }
process Waker { n = futex_wake(x, 2); x = n; futex_wake(x, 9) }
)");
  EXPECT_TRUE(run.Step('C').fell_asleep);
  run.Steps("A B");
  EXPECT_EQ(run.Enabled(), "D");
  const Event woke = run.Step('D');
  EXPECT_EQ(woke.result, 2);
  EXPECT_EQ(woke.woken, 0b101u);
  EXPECT_EQ(run.Enabled(), "ACD");
  EXPECT_EQ(run.Next('D'), "x = 2");
  EXPECT_EQ(run.Step('C').error, 0);
  run.Step('D');
  EXPECT_EQ(run.Step('D').result, 1);
  EXPECT_EQ(run.Enabled(), "AB");
}

TEST(MachineCellsTest, CellsOfAnArrayAreSleptOnApart) {
  ProgramRun run(R"(
shared a[2]
process P[2] { futex_wait(a[self], 0) }
process Waker { futex_wake(a[1], 9); futex_wake(a[0], 0) }
)");
  run.Steps("A B");
  EXPECT_EQ(run.Step('C').woken, 0b10u);
  EXPECT_EQ(run.Step('C').woken, 0u);
  EXPECT_EQ(run.Enabled(), "B");
}

TEST(MachineCellsTest, ErrorIsSetByEveryOperation) {
  ProgramRun run("shared x = 1, y\nprocess A { futex_wait(x, 0); y = 1; y = error }");
  run.Steps("A2");
  EXPECT_EQ(run.Next('A'), "y = 0");
}

}  // namespace
}  // namespace ipclab
