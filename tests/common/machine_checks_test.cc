// What the lab looks at after every step, and what a worker cannot go on from.

#include <gtest/gtest.h>

#include <limits>

#include "tests/common/program_run.h"

namespace ipclab {
namespace {

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();

TEST(MachineChecksTest, AlwaysIsLookedAtAfterEveryStep) {
  ProgramRun run("shared x\nprocess A { x = 1; x = 2; x = 1 }\nalways x < 2");
  EXPECT_FALSE(run.Step('A').failed);
  EXPECT_TRUE(run.Step('A').failed);
  EXPECT_EQ(run.failure(), FailureKind::kAlways);
}

TEST(MachineChecksTest, AlwaysIsLookedAtBeforeTheFirstStep) {
  ProgramRun run("shared x = 5\nprocess A { x = 1 }\nalways x < 2");
  EXPECT_EQ(run.failure(), FailureKind::kAlways);
}

TEST(MachineChecksTest, AFailureDoesNotStopTheProgramAndOnlyTheFirstIsKept) {
  ProgramRun run("shared x\nprocess A { x = 2; x = 3 }\nalways x != 2\nfinally x == 0");
  EXPECT_TRUE(run.Step('A').failed);
  EXPECT_FALSE(run.Step('A').failed);
  EXPECT_EQ(run.Object("x"), "3");
  EXPECT_EQ(run.failure(), FailureKind::kAlways);
}

TEST(MachineChecksTest, FinallyIsLookedAtWhenAllHaveCometoTheirEnd) {
  ProgramRun run("shared x\nprocess P[2] { x = self }\nfinally x == 1");
  EXPECT_FALSE(run.Step('B').failed);
  EXPECT_TRUE(run.Step('A').failed);
  EXPECT_EQ(run.failure(), FailureKind::kFinally);
}

TEST(MachineChecksTest, WithoutLabelsFinallyIsLookedAtAtStepZero) {
  ProgramRun run("shared x\nprocess A { y = 1 }\nfinally x == 1");
  EXPECT_EQ(run.Enabled(), "");
  EXPECT_EQ(run.failure(), FailureKind::kFinally);
}

TEST(MachineChecksTest, InADeadlockFinallyIsNotLookedAt) {
  ProgramRun run("shared x\nmutex m\nprocess A { lock(m); lock(m) }\nfinally x == 1");
  run.Step('A');
  EXPECT_EQ(run.failure(), FailureKind::kDeadlock);
}

TEST(MachineChecksTest, AnAssertFailsAndTheWorkerGoesOn) {
  ProgramRun run("shared x\nprocess A { a = x; assert a == 1; x = 7 }");
  EXPECT_TRUE(run.Step('A').failed);
  EXPECT_EQ(run.failure(), FailureKind::kAssert);
  EXPECT_EQ(run.Next('A'), "x = 7");
}

TEST(MachineChecksTest, AnAssertThatHoldsIsNothing) {
  ProgramRun run("shared x\nprocess A { a = x; assert a == 0 }");
  EXPECT_FALSE(run.Step('A').failed);
}

TEST(MachineChecksTest, ADivisionByZeroLeavesTheWorkerStuck) {
  for (const char* const operation : {"1 / a", "1 % a"}) {
    ProgramRun run(std::string("shared x\nprocess A { a = x; x = ") + operation +
                   " }\nprocess B { x = 1; x = 2 }\nfinally x == 5");
    EXPECT_TRUE(run.Step('A').failed);
    EXPECT_EQ(run.failure(), FailureKind::kDivision);
    EXPECT_EQ(ReadinessOf(run.program(), run.state().data(), 0), Readiness::kStuck);
    EXPECT_EQ(run.Enabled(), "B");
    run.Steps("B2");
    EXPECT_EQ(run.failure(), FailureKind::kDivision);
  }
}

TEST(MachineChecksTest, LeavingAnArrayLeavesTheWorkerStuckBeforeItsOperation) {
  for (const char* const index : {"3", "-1", "1000000000000"}) {
    ProgramRun run(std::string("shared a[3], i = ") + index + "\nprocess A { a[i] = 1 }");
    EXPECT_TRUE(run.Step('A').failed);
    EXPECT_EQ(run.failure(), FailureKind::kIndex);
    EXPECT_EQ(run.Enabled(), "");
    EXPECT_EQ(run.Object("a"), "[0, 0, 0]");
  }
}

TEST(MachineChecksTest, LeavingAnArrayOfLocksAsWell) {
  ProgramRun run("mutex m[2], n\ncondition c\nprocess A { lock(n); cond_wait(c, m[self + 2]) }");
  EXPECT_TRUE(run.Step('A').failed);
  EXPECT_EQ(run.failure(), FailureKind::kIndex);
}

TEST(MachineChecksTest, WhoRunsOnWithoutALabelIsStuck) {
  ProgramRun run(
      "shared x\nprocess A { x = 1; y = 0; while true { y = y + 1 } }\nprocess B { x = 2 }");
  EXPECT_TRUE(run.Step('A').failed);
  EXPECT_EQ(run.failure(), FailureKind::kBudget);
  EXPECT_EQ(run.Enabled(), "B");
}

TEST(MachineChecksTest, WhoIsStuckAtStepZeroHasFailedThere) {
  ProgramRun run("shared x\nprocess A { while true { } }\nprocess B { x = 2 }");
  EXPECT_EQ(run.failure(), FailureKind::kBudget);
  EXPECT_EQ(run.Enabled(), "B");
}

TEST(MachineChecksTest, AnEndlessLoopWithLabelsIsNoFailure) {
  ProgramRun run("shared x\nprocess A { while true { x = 1 } }");
  run.Steps("A1000");
  EXPECT_EQ(run.failure(), FailureKind::kNone);
}

TEST(MachineChecksTest, ArithmeticWrapsAround) {
  Program program = Compiled(R"(
shared low, x
process A { a = low; x = a - 1; x = a * 2; x = -a; x = a / -1; x = a % -1; x = -7 / 2; x = -7 % 2 }
)");
  program.objects[FindObject(program, "low")].initial = {kLowest};
  ProgramRun run(std::move(program));
  run.Step('A');
  std::vector<int64_t> written;
  while (run.Enabled() == "A") written.push_back(run.Step('A').after);
  EXPECT_EQ(written, (std::vector<int64_t>{std::numeric_limits<int64_t>::max(), 0, kLowest, kLowest,
                                           0, -3, -1}));
}

TEST(MachineChecksTest, InAnExpressionADivisionByZeroIsZero) {
  ProgramRun run("shared x, a[2]\nprocess A { x = 1 }\nalways 5 / x == 0 || x == 1");
  EXPECT_EQ(run.failure(), FailureKind::kNone);
}

TEST(MachineChecksTest, InAnExpressionACellThatIsNotThereIsZero) {
  ProgramRun run(
      "shared a[2] = {7, 7}, i = 2, z = 7\nprocess A { i = -1; i = 1 }\nalways a[i] == 0");
  EXPECT_EQ(run.failure(), FailureKind::kNone);
  run.Step('A');
  EXPECT_EQ(run.failure(), FailureKind::kNone);
  EXPECT_TRUE(run.Step('A').failed);
}

TEST(MachineChecksTest, NobodyInParticularMadeADeadlockOrTheEnd) {
  for (const char* const source :
       {"mutex m\nprocess A { }\nprocess B { lock(m); lock(m) }",
        "shared x\nprocess A { }\nprocess B { x = 1 }\nfinally x == 2"}) {
    ProgramRun run(source);
    EXPECT_TRUE(run.Step('B').failed);
    EXPECT_EQ(State(run.program(), const_cast<int64_t*>(run.state().data())).failure().worker, 0);
  }
}

TEST(MachineChecksTest, OnlyTheNewestPrintsAreKept) {
  ProgramRun few("shared x = 4\nprocess A { a = x; print \"x is\", a }");
  EXPECT_EQ(few.Printed(), "");
  few.Step('A');
  EXPECT_EQ(few.Printed(), "A: x is 4\n");

  Program program = Compiled("shared x\nprocess A { repeat 200 as i { x = i; print i } }");
  std::vector<int64_t> state(program.state_words);
  PrintLog prints;
  BeginProgram(program, state.data(), &prints);
  for (int i = 0; i < 200; ++i) Apply(program, state.data(), 0, -1, &prints);
  EXPECT_EQ(prints.count, 200u);
  EXPECT_EQ(prints.entries[199 % PrintLog::kKept].values[0], 199);
  EXPECT_EQ(prints.entries[72 % PrintLog::kKept].values[0], 72);
}

}  // namespace
}  // namespace ipclab
