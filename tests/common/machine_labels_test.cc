// How labels are called, and found again.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/program/words.h"
#include "tests/common/program_run.h"

namespace ipclab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(MachineLabelsTest, LabelsStandForOperationsWhoseOperandsAreNotKnown) {
  const Program program = Compiled(R"(
shared x, a[2]
mutex fork[2], m
condition c
channel q[2]
process A {
  x = x + 1
  a[x] = 5
  lock(fork[self])
  cond_wait(c, fork[self])
  send(q, 1)
  y = receive(q, 2)
  await(x == 1)
}
)");
  std::vector<std::string> texts;
  for (size_t pc = 0; pc < program.code.size(); ++pc) {
    if (IsLabel(program.code[pc].op)) texts.push_back(LabelText(program, static_cast<int>(pc)));
  }
  EXPECT_THAT(texts, ElementsAre("read x", "x = ...", "read x", "a[...] = ...", "lock(fork[...])",
                                 "cond_wait(c, fork[...])", "send(q, ...)", "receive(q, ...)",
                                 "await(x == 1)"));
}

TEST(MachineLabelsTest, AreNamedByTheirLines) {
  const Program program = Compiled("shared x\nprocess A {\n x = x + 1\n}\nprocess B { x = 2 }");
  std::vector<std::string> names;
  for (size_t pc = 0; pc < program.code.size(); ++pc) {
    if (IsLabel(program.code[pc].op)) names.push_back(LabelName(program, static_cast<int>(pc)));
  }
  EXPECT_THAT(names, ElementsAre("3", "3.2", "5"));
}

TEST(MachineLabelsTest, AreFoundByLineNumberAndWorker) {
  const Program program =
      Compiled("shared x\nprocess A { x = x + 1 }; process B { x = 2 }\nprocess C { x = 3 }");
  const auto found = [&](const char* name) {
    const absl::StatusOr<LabelSet> set = FindLabels(program, name);
    if (!set.ok()) return std::string(set.status().message());
    std::string texts;
    for (const int pc : set->pcs) texts += LabelText(program, pc) + ";";
    return texts + (set->worker < 0 ? "" : LetterOf(set->worker));
  };
  EXPECT_EQ(found("2"), "read x;x = ...;x = ...;");
  EXPECT_EQ(found("2.1"), "read x;x = ...;");
  EXPECT_EQ(found("2.2"), "x = ...;");
  EXPECT_EQ(found("A@2"), "read x;x = ...;A");
  EXPECT_EQ(found("B@2.1"), "x = ...;B");
  EXPECT_EQ(found("4"), "label '4': there is no label; lines with labels: 2, 3");
  EXPECT_EQ(found("C@2"), "label 'C@2': there is no label; lines with labels: 2, 3");
  EXPECT_THAT(found("Q@2"), HasSubstr("there is no such worker before '@'"));
  for (const char* const wrong : {"", "x", "0", "-1", "2.", "2.0", "2x", "A@", "99999999999"}) {
    EXPECT_THAT(found(wrong), HasSubstr("expected a line as in 14, 14.2 or A@14")) << wrong;
  }
}

TEST(CostTest, AStepTellsWhatItTookBesideItsOperation) {
  ProgramRun run("shared x\nprocess P { x = 1; x = 2 }");
  EXPECT_EQ(run.Step('A').instructions, 1) << "the 2 is pushed";
  EXPECT_EQ(run.Step('A').instructions, 0);
}

TEST(CostTest, EveryAlwaysIsPartOfIt) {
  ProgramRun run("shared x\nalways x >= 0\nprocess P { x = 1; x = 2 }");
  EXPECT_EQ(run.Step('A').instructions, 1 + 3);
  EXPECT_EQ(run.Step('A').instructions, 3);
}

TEST(CostTest, WhoRunsOnForEverTookAllThatThereIs) {
  ProgramRun run("shared x\nprocess P { x = 1; while 1 == 1 { } }");
  EXPECT_EQ(run.Step('A').instructions, ProgramLimits::kLocalInstructions);
  EXPECT_EQ(run.failure(), FailureKind::kBudget);
}

TEST(CostTest, WhoFallsAsleepTookNothing) {
  ProgramRun run(
      "mutex m\ncondition c\nprocess P { lock(m); cond_wait(c, m) }\n"
      "process Q { signal(c) }");
  run.Step('A');
  EXPECT_EQ(run.Step('A').instructions, 0);
}

}  // namespace
}  // namespace ipclab
