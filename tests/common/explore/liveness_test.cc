#include "common/explore/liveness.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "common/program/apply.h"
#include "common/program/words.h"
#include "tests/common/program_run.h"

namespace ipclab {
namespace {

// The names of the locals of the first process that are live at the labels of this line.
std::set<std::string> LiveAt(const Program& program, std::string_view line) {
  const Liveness liveness(program);
  const LabelSet labels = FindLabels(program, line).value();
  const auto& locals = program.processes[0].locals;
  std::set<std::string> live;
  for (const int pc : labels.pcs) {
    for (size_t local = 0; local < locals.size(); ++local) {
      if (liveness.IsLive(pc, static_cast<int>(local))) live.insert(locals[local]);
    }
  }
  return live;
}

using Names = std::set<std::string>;

TEST(LivenessTest, ALocalLivesFromItsAssignmentToItsLastUse) {
  const Program program = Compiled(
      "shared x\n"
      "process P {\n"
      "  x = 1\n"
      "  a = x\n"
      "  x = 2\n"
      "  x = a\n"
      "  x = 3\n"
      "}\n");
  EXPECT_EQ(LiveAt(program, "3"), Names{});
  EXPECT_EQ(LiveAt(program, "4"), Names{});
  EXPECT_EQ(LiveAt(program, "5"), Names{"a"});
  EXPECT_EQ(LiveAt(program, "6"), Names{});  // it is on the stack by then
  EXPECT_EQ(LiveAt(program, "7"), Names{});
}

TEST(LivenessTest, WhatTheNextRoundReadsIsLiveInThisOne) {
  const Program program = Compiled(
      "shared x\n"
      "process P {\n"
      "  sum = 0\n"
      "  while x < 5 {\n"
      "    x = sum\n"
      "    got = x\n"
      "    x = 1\n"
      "    sum = sum + got\n"
      "  }\n"
      "}\n");
  EXPECT_EQ(LiveAt(program, "4"), Names{"sum"});
  EXPECT_EQ(LiveAt(program, "6"), Names{"sum"});
  EXPECT_EQ(LiveAt(program, "7"), (Names{"got", "sum"}));
}

TEST(LivenessTest, OneOfTwoBranchesIsEnough) {
  const Program program = Compiled(
      "shared x\n"
      "process P {\n"
      "  a = x\n"
      "  if x == 1 { x = a }\n"
      "}\n");
  EXPECT_EQ(LiveAt(program, "4").count("a"), 1u);
}

TEST(LivenessTest, AwaitReadsTheLocalsOfItsExpression) {
  const Program program = Compiled(
      "shared x[2]\n"
      "process P[2] {\n"
      "  other = 1 - self\n"
      "  unused = 5\n"
      "  await(x[other] == 0)\n"
      "  x[0] = unused * 0\n"
      "}\n");
  EXPECT_EQ(LiveAt(program, "5"), (Names{"other", "unused"}));
}

// The canonical state behind these items; s, which remembers who came first, at 0.
std::vector<int64_t> CanonicalBehind(const Program& program, std::string_view items) {
  ProgramRun run(program);
  run.Steps(items);
  std::vector<int64_t> words(program.state_words);
  Liveness(program).Canonical(run.state().data(), words.data());
  State(program, words.data()).object(FindObject(program, "s"))[0] = 0;
  return words;
}

TEST(LivenessTest, StatesThatDifferInDeadLocalsAreOne) {
  const Program program = Compiled(
      "shared x = 3\n"
      "semaphore s\n"
      "process P { a = x; x = a; x = 3; x = 3 }\n"
      "process Q { x = 4 }\n");
  const std::string_view early = "B A3";
  const std::string_view late = "A B A2";
  ProgramRun run(program);
  run.Steps(early);
  EXPECT_EQ(run.Local('A', "a"), 4);
  run.Rewind();
  run.Steps(late);
  EXPECT_EQ(run.Local('A', "a"), 3);
  EXPECT_EQ(CanonicalBehind(program, early), CanonicalBehind(program, late));
  // While it may be read, they are two.
  EXPECT_NE(CanonicalBehind(program, "B A"), CanonicalBehind(program, "A B"));
}

TEST(LivenessTest, StatesThatDifferInErrnoAreOne) {
  const Program program = Compiled(
      "shared x\n"
      "semaphore s\n"
      "process P { trywait(s); x = 1 }\n"
      "process Q { post(s) }\n");
  ProgramRun run(program);
  run.Steps("A B");
  EXPECT_NE(run.ErrorOf('A'), 0);
  EXPECT_EQ(CanonicalBehind(program, "A B"), CanonicalBehind(program, "B A"));
}

TEST(LivenessTest, OfAStuckWorkerNothingIsLive) {
  const Program program = Compiled(
      "shared x = 1\n"
      "process P { a = x; b = x; x = a / (b - 1) + a }\n");
  ProgramRun run(program);
  run.Steps("A2");
  ASSERT_EQ(run.failure(), FailureKind::kDivision);
  std::vector<int64_t> words(program.state_words);
  Liveness(program).Canonical(run.state().data(), words.data());
  const ProgramProcess& process = program.processes[0];
  for (size_t i = 0; i < process.locals.size() + process.stack; ++i) {
    EXPECT_EQ(State(program, words.data()).values(0)[i], 0);
  }
}

TEST(LivenessTest, MoreLocalsThanAWordHasBitsAreKeptApart) {
  std::string text = "shared x\nprocess P {\n";
  for (int i = 0; i < 100; ++i) text += "v" + std::to_string(i) + " = x\n";
  for (int i = 0; i < 100; ++i) {
    if (i != 70 && i != 99) text += "print v" + std::to_string(i) + ";";
  }
  text += "x = 1\nx = v70 + v99\n}\n";
  const Program program = Compiled(text);
  const Names live = LiveAt(program, "103");
  EXPECT_EQ(live.count("v70"), 1u);
  EXPECT_EQ(live.count("v99"), 1u);
  EXPECT_EQ(live.count("v95"), 0u);
}

}  // namespace
}  // namespace ipclab
