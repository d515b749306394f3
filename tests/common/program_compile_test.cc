// What each construct of a lab program becomes: which steps, in which order.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/program/state.h"
#include "tests/common/program_steps.h"

namespace ipclab {
namespace {

using testing::ElementsAre;

std::vector<std::string> StepsOf(std::string_view source, const ProgramChoice& choice = {}) {
  return StepsAlone(MustCompile(source, choice));
}

// Declarations that most tests need, and one process.
std::vector<std::string> StepsIn(std::string_view body) {
  return StepsOf(absl::StrCat(
      "shared x = 1, y = 0, i = 2, a[5]\nmutex m, locks[3]\nsemaphore s = 1\ncondition c\n"
      "rwlock rw\nbarrier b = 1\nchannel q[2]\nprocess P {\n",
      std::string(body), "\n}"));
}

TEST(ProgramStepsTest, ReadsAndWritesAreStepsFromLeftToRight) {
  EXPECT_THAT(StepsIn("x = x + 1"), ElementsAre("read x", "write x 2"));
  EXPECT_THAT(StepsIn("x = x + y"), ElementsAre("read x", "read y", "write x 1"));
  EXPECT_THAT(StepsIn("v = a[i]; print v"), ElementsAre("read i", "read a[2]"));
  EXPECT_THAT(StepsIn("a[i] = x"), ElementsAre("read i", "read x", "write a[2] 1"));
  EXPECT_THAT(StepsIn("x = 3"), ElementsAre("write x 3"));
}

TEST(ProgramStepsTest, OperatorsBindAsInC) {
  EXPECT_THAT(StepsIn("x = 1 + 2 * 3 - 4 / 2 % 3"), ElementsAre("write x 5"));
  EXPECT_THAT(StepsIn("x = (1 + 2) * 3"), ElementsAre("write x 9"));
  EXPECT_THAT(StepsIn("x = 10 - 3 - 2"), ElementsAre("write x 5"));
  EXPECT_THAT(StepsIn("x = -7 / 2; y = -7 % 2"), ElementsAre("write x -3", "write y -1"));
  EXPECT_THAT(StepsIn("x = 2 == 1 + 1 && !(1 > 2) || 1 / 0"), ElementsAre("write x 1"));
}

TEST(ProgramStepsTest, WhatAndAndOrSkipIsNoStep) {
  EXPECT_THAT(StepsIn("if y && x { }"), ElementsAre("read y"));
  EXPECT_THAT(StepsIn("if x && y { }"), ElementsAre("read x", "read y"));
  EXPECT_THAT(StepsIn("if x || y { }"), ElementsAre("read x"));
  EXPECT_THAT(StepsIn("x = y || 5"), ElementsAre("read y", "write x 1"));
  EXPECT_THAT(StepsIn("x = !y && 7"), ElementsAre("read y", "write x 1"));
}

TEST(ProgramStepsTest, ElseIfGoesOnlyOneWay) {
  constexpr std::string_view kBody =
      "if x == 0 { y = 1 } else if x == 1 { y = 2 } else { y = 3 }\nassert y == 2";
  EXPECT_THAT(StepsIn(kBody), ElementsAre("read x", "read x", "write y 2", "read y"));
}

TEST(ProgramStepsTest, WhileReadsItsConditionEachTime) {
  EXPECT_THAT(
      StepsIn("while y < 2 { y = y + 1 }"),
      ElementsAre("read y", "read y", "write y 1", "read y", "read y", "write y 2", "read y"));
  EXPECT_THAT(StepsIn("while true { if y { break }; y = 1 }"),
              ElementsAre("read y", "write y 1", "read y"));
}

TEST(ProgramStepsTest, RepeatCountsWithoutSteps) {
  EXPECT_THAT(StepsIn("repeat 2 { x = 5 }"), ElementsAre("write x 5", "write x 5"));
  EXPECT_THAT(StepsIn("repeat 3 as k { a[k] = k * k }"),
              ElementsAre("write a[0] 0", "write a[1] 1", "write a[2] 4"));
  EXPECT_THAT(StepsIn("repeat i { x = 5 }"), ElementsAre("read i", "write x 5", "write x 5"));
  EXPECT_THAT(StepsIn("repeat i as k { i = k }"), ElementsAre("read i", "write i 0", "write i 1"));
  EXPECT_THAT(StepsIn("repeat 0 { x = 5 }; repeat -1 as k { x = k }"), ElementsAre());
  EXPECT_THAT(StepsIn("repeat 2 { repeat 2 as k { x = k }; break }"),
              ElementsAre("write x 0", "write x 1"));
}

TEST(ProgramStepsTest, EveryCallIsAStep) {
  EXPECT_THAT(StepsIn("lock(m); unlock(m); lock(locks[1]); unlock(locks[1])"),
              ElementsAre("lock m", "unlock m", "lock locks[1]", "unlock locks[1]"));
  EXPECT_THAT(
      StepsIn("wait(s); post(s); read_lock(rw); unlock(rw); write_lock(rw); unlock(rw)"),
      ElementsAre("wait s", "post s", "read_lock rw", "unlock rw", "write_lock rw", "unlock rw"));
  EXPECT_THAT(StepsIn("atomic_add(x, 1); exchange(x, 4); cas(x, 4, 9); assert x == 9"),
              ElementsAre("atomic_add x", "exchange x", "cas x", "read x"));
  EXPECT_THAT(StepsIn("signal(c); broadcast(c); barrier_wait(b); futex_wake(x, 1)"),
              ElementsAre("signal c", "broadcast c", "barrier_wait b", "futex_wake x"));
  EXPECT_THAT(
      StepsIn("send(q, 7); x = receive(q); send(q, 8, 2); y = receive(q, 2)"),
      ElementsAre("send q", "receive q", "write x 7", "send q", "receive_type q", "write y 8"));
}

TEST(ProgramStepsTest, OperationsGiveValuesWhereverValuesStand) {
  EXPECT_THAT(StepsIn("if trylock(m) && trywait(s) { x = 2 }"),
              ElementsAre("trylock m", "trywait s", "write x 2"));
  EXPECT_THAT(StepsIn("x = atomic_add(x, 1) + exchange(x, 10)"),
              ElementsAre("atomic_add x", "exchange x", "write x 3"));
  EXPECT_THAT(StepsIn("a[cas(x, 1, 2)] = futex_wake(y, 9)"),
              ElementsAre("cas x", "futex_wake y", "write a[1] 0"));
}

TEST(ProgramStepsTest, TheErrorOfTheLastOperationIsRead) {
  EXPECT_THAT(StepsIn("lock(m); if !trylock(m) { x = error }"),
              ElementsAre("lock m", "trylock m", "write x 16"));
}

TEST(ProgramStepsTest, AwaitIsOneStepAndSeesLocals) {
  EXPECT_THAT(StepsIn("want = 2; await(x == 1 && i == want || y); y = 1"),
              ElementsAre("await", "write y 1"));
  EXPECT_THAT(StepsIn("await(y == 1); x = 2"), ElementsAre()) << "it waits for ever";
}

TEST(ProgramStepsTest, CriticalSectionsAreLeftByBreakToo) {
  EXPECT_THAT(StepsIn("critical zone { x = 2 }"),
              ElementsAre("enter zone", "write x 2", "leave zone"));
  EXPECT_THAT(StepsIn("while true { critical o max 2 { critical p { break } } }; x = 3"),
              ElementsAre("enter o", "enter p", "leave p", "leave o", "write x 3"));
  EXPECT_THAT(StepsIn("critical o { while true { break } }"), ElementsAre("enter o", "leave o"));
}

TEST(ProgramStepsTest, PrintAssertAndLocalsAreNone) {
  EXPECT_THAT(StepsIn("v = 3; print \"v is\", v; print(v, \"it is\"); assert v == 3"),
              ElementsAre());
}

TEST(ProgramStepsTest, SelfIsTheIndexInAnArrayOfProcesses) {
  EXPECT_THAT(StepsOf("shared a[2]\nprocess P[2] { a[self] = self + 1 }"),
              ElementsAre("write a[0] 1"));
}

TEST(ProgramCompileTest, LinesEndStatementsButNotBehindOperatorsAndCommas) {
  EXPECT_THAT(StepsIn("x = 1 +\n  2\ny = (\n 3\n)\ncas(x,\n 3,\n 4)\nx = 1\n  - 5"),
              ElementsAre("write x 3", "write y 3", "cas x", "write x -4"));
  EXPECT_THAT(StepsOf("shared x = 1; process P { x = 2; x = 3 }  # and so on\n// the end"),
              ElementsAre("write x 2", "write x 3"));
}

TEST(ProgramCompileTest, NumbersReachTheEndsOf64BitsAndWrapAround) {
  EXPECT_THAT(StepsIn("x = -9223372036854775808; y = 0x7fff_ffff_ffff_ffff"),
              ElementsAre("write x -9223372036854775808", "write y 9223372036854775807"));
  EXPECT_THAT(StepsIn("x = 9223372036854775807 + 1"), ElementsAre("write x -9223372036854775808"));
}

TEST(ProgramCompileTest, TheVariantDecidesWhatHasCode) {
  constexpr std::string_view kSource =
      "variant mutex, none\nshared x = 0\nmutex m\nprocess P {\n"
      "if variant == mutex { lock(m) } else { x = 7 }\n"
      "if variant != mutex && x == 7 { x = 8 }\n}";
  EXPECT_THAT(StepsOf(kSource), ElementsAre("lock m"));
  EXPECT_THAT(StepsOf(kSource, {"none", {}}), ElementsAre("write x 7", "read x", "write x 8"));
  for (const Instruction& each : MustCompile(kSource).code) EXPECT_NE(each.op, Op::kWrite);
}

TEST(ProgramCompileTest, ParametersStandForNumbersEverywhere) {
  constexpr std::string_view kSource =
      "param n = 2 in 1..4, k = n * 2\nshared a[n] = k, l[2] = {n, -1}\nsemaphore s[n] = n - 1\n"
      "channel c[n]\nbarrier b = n\ncritical z max n\nprocess P[n] { a[n - 1] = l[0] }";
  const Program program = MustCompile(kSource, {"", {{"n", 3}}});
  EXPECT_EQ(program.workers.size(), 3u);
  EXPECT_EQ(program.workers[2].name, "P[2]");
  EXPECT_THAT(program.objects[0].initial, ElementsAre(4, 4, 4)) << "k keeps its default";
  EXPECT_THAT(program.objects[1].initial, ElementsAre(3, -1));
  const int semaphore = FindObject(program, "s[2]");
  ASSERT_GE(semaphore, 0);
  EXPECT_THAT(program.objects[static_cast<size_t>(semaphore)].initial, ElementsAre(2));
  EXPECT_EQ(program.objects[static_cast<size_t>(FindObject(program, "c"))].size, 3);
  EXPECT_EQ(program.objects[static_cast<size_t>(FindObject(program, "b"))].size, 3);
  EXPECT_EQ(program.objects[static_cast<size_t>(FindObject(program, "z"))].size, 3);
  EXPECT_EQ(program.parameters[0].value, 3);
  EXPECT_EQ(program.text.parameters[0].value, 2);
}

TEST(ProgramCompileTest, ObjectsHaveTheirKindsSizesAndMechanisms) {
  const Program program = MustCompile(
      "shared x, y = 2 over sysv_shm\nchannel c\nchannel d[2][4] over posix_mq\n"
      "process P { send(c, x); send(d[1], y); futex_wait(y, 2) }");
  ASSERT_EQ(program.objects.size(), 5u);
  EXPECT_EQ(program.objects[0].mechanism, "sysv_shm");
  EXPECT_FALSE(program.objects[0].sleeps);
  EXPECT_TRUE(program.objects[1].sleeps);
  EXPECT_EQ(program.objects[2].size, 8) << "the default";
  EXPECT_EQ(program.objects[4].name, "d[1]");
  EXPECT_EQ(program.objects[4].array, "d");
  EXPECT_EQ(program.objects[4].size, 4);
  EXPECT_EQ(program.objects[4].mechanism, "posix_mq");
}

TEST(ProgramCompileTest, ProseIsKeptAsItIs) {
  const Program program = MustCompile(
      "title \"A \\\"b\\\"\"\nlesson \"one \"\n       \"two\"\ngoal x == 1 \"Reach 1.\"\n"
      "question \"Why?\"\nanswer \"So.\"\nshared x = 0\nprocess P { x = 1 }\nfinally x == 1\n"
      "always x <  1+1 # what it is\nobserve x, x + 1\n");
  EXPECT_EQ(program.text.title, "A \"b\"");
  EXPECT_EQ(program.text.lesson, "one two");
  EXPECT_EQ(program.text.goal, "Reach 1.");
  EXPECT_EQ(program.text.question, "Why?");
  EXPECT_EQ(program.text.answer, "So.");
  ASSERT_EQ(program.checks.size(), 2u);
  EXPECT_EQ(program.checks[0].text, "finally x == 1");
  EXPECT_EQ(program.checks[1].text, "always x < 1+1");
  ASSERT_EQ(program.observed.size(), 2u);
  EXPECT_EQ(program.observed[1].text, "x + 1");
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  BeginProgram(program, state.data(), nullptr);
  EXPECT_EQ(Evaluate(program, state.data(), program.goal), 0);
  EXPECT_EQ(Evaluate(program, state.data(), program.observed[1].expression), 1);
}

TEST(ProgramCompileTest, StringsAreValues) {
  EXPECT_THAT(StepsIn("v = \"quit\"; if v == \"quit\" && v != \"go\" { x = 2 }"),
              ElementsAre("write x 2"));
  const Program program =
      MustCompile("channel c\nprocess P { send(c, \"a\"); send(c, \"b\"); send(c, \"a\") }");
  EXPECT_THAT(program.strings, ElementsAre("a", "b"));
}

TEST(ProgramCompileTest, WhatALoopCountedIsNoPartOfTheState) {
  const Program program =
      MustCompile("shared x = 0\nprocess P { repeat 3 as i { x = i }; repeat 2 { x = 9 }; x = 5 }");
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  BeginProgram(program, state.data(), nullptr);
  for (int i = 0; i < 5; ++i) Apply(program, state.data(), 0, -1, nullptr);
  const State view(program, state.data());
  for (size_t i = 0; i < program.processes[0].locals.size(); ++i) {
    EXPECT_EQ(view.values(0)[i], 0) << program.processes[0].locals[i];
  }
}

TEST(ProgramCompileTest, ADeadlockIsAGoalAndACheckLikeAnyOther) {
  const Program program = MustCompile(
      "goal deadlock && x == 0\nshared x\nmutex m\n"
      "process P { lock(m); lock(m); x = 1 }\n");
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  BeginProgram(program, state.data(), nullptr);
  EXPECT_EQ(Evaluate(program, state.data(), program.goal), 0);
  Apply(program, state.data(), 0, -1, nullptr);
  EXPECT_EQ(Evaluate(program, state.data(), program.goal), 1);
}

TEST(ProgramCompileTest, AnExpressionIsAddedLater) {
  Program program = MustCompile("param n = 4\nshared x = 3, a[2] = 5\nprocess P { x = 1 }");
  const CompiledExpression sum = CompileExpression(program, "x + a[1] * n");
  ASSERT_GE(sum.expression, 0);
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  BeginProgram(program, state.data(), nullptr);
  EXPECT_EQ(Evaluate(program, state.data(), sum.expression), 23);
  const size_t code = program.code.size();
  for (const std::string_view text : {"", "x +", "lock(x)", "z == 1", "x = 1", "x 1", "\"a", "v"}) {
    const CompiledExpression bad = CompileExpression(program, text);
    EXPECT_EQ(bad.expression, -1) << text;
    EXPECT_FALSE(bad.diagnostics.empty()) << text;
  }
  EXPECT_EQ(program.code.size(), code) << "nothing is left of them";
}

TEST(ProgramCompileTest, WorkersAndObjectsAreFoundByName) {
  const Program program = MustCompile("mutex f[2]\nprocess P[2] { lock(f[self]) }\nprocess Q { }");
  EXPECT_EQ(FindWorker(program, "A"), 0);
  EXPECT_EQ(FindWorker(program, "P[1]"), 1);
  EXPECT_EQ(FindWorker(program, "Q"), 2);
  EXPECT_EQ(FindWorker(program, "D"), -1);
  EXPECT_EQ(FindWorker(program, ""), -1);
  EXPECT_EQ(FindObject(program, "f[1]"), 1);
  EXPECT_EQ(FindObject(program, "f"), -1);
  EXPECT_EQ(LetterOf(15), "P");
}

// The example of docs/writing_a_program.md.
constexpr std::string_view kLostUpdate = R"lab(title  "Lost update"
lesson "counter = counter + 1 is a read and a write. Another process can come between them."
goal   counter == 11 "Make the final value 11."
param  workers = 2 in 1..8
param  rounds  = 1 in 1..1000000
variant racy, mutex, semaphore, atomic     # the first is the default

shared counter = 10
mutex m
semaphore s = 1

process P[workers] {
  repeat rounds {
    if variant == mutex     { lock(m) }
    if variant == semaphore { wait(s) }
    if variant == atomic { atomic_add(counter, 1) } else { counter = counter + 1 }
    if variant == semaphore { post(s) }
    if variant == mutex     { unlock(m) }
  }
}
observe counter
finally counter == 10 + workers * rounds
)lab";

TEST(ProgramListingTest, TheLostUpdateIsAReadAndAWrite) {
  EXPECT_EQ(ListingOf(MustCompile(kLostUpdate), kLostUpdate), R"(0 push 1
1 store 1
2 load 1
3 push 0
4 greater
5 jump_if_zero 15
6 read counter  counter
7 push 1
8 add
9 write counter  counter = counter + 1
10 load 1
11 push 1
12 subtract
13 store 1
14 jump 2
15 push 0
16 store 1
17 exit
18 peek counter
19 push 10
20 push 2
21 push 1
22 multiply
23 add
24 equal
25 end
26 peek counter
27 push 11
28 equal
29 end
30 peek counter
31 end
)");
}

TEST(ProgramListingTest, AVariantHasTheCodeOfItsOwnBranches) {
  const auto labels = [](const std::string& variant) {
    std::vector<std::string> found;
    const Program program = MustCompile(kLostUpdate, {variant, {}});
    for (const Instruction& each : program.code) {
      if (IsLabel(each.op)) found.emplace_back(NameOf(each.op));
    }
    return found;
  };
  EXPECT_THAT(labels("racy"), ElementsAre("read", "write"));
  EXPECT_THAT(labels("mutex"), ElementsAre("lock", "read", "write", "unlock"));
  EXPECT_THAT(labels("semaphore"), ElementsAre("wait", "read", "write", "post"));
  EXPECT_THAT(labels("atomic"), ElementsAre("atomic_add"));
}

TEST(ProgramHashTest, LayoutAndProseDoNotMatter) {
  constexpr std::string_view kSource =
      "shared x = 1\nprocess P { v = x; x = v + 1 }\nfinally x == 2";
  const std::string hash = HashText(MustCompile(kSource));
  EXPECT_EQ(hash.size(), 8u);
  EXPECT_EQ(hash, HashText(MustCompile("title \"T\"\ngoal \"G\"\n# why\nshared   x=1;process P {\n"
                                       "  other = x // read\n  x = other+1 }\nfinally x==2\n")));
  for (const std::string_view other :
       {"shared x = 2\nprocess P { v = x; x = v + 1 }\nfinally x == 2",
        "shared x = 1\nprocess P { v = x; x = v + 2 }\nfinally x == 2",
        "shared x = 1\nprocess P { v = x; x = v + 1 }\nfinally x == 3",
        "shared x = 1\nprocess P { v = x; x = v + 1 }\nalways x == 2",
        "shared x = 1\nprocess P[2] { v = x; x = v + 1 }\nfinally x == 2",
        "shared x = 1 over memfd\nprocess P { v = x; x = v + 1 }\nfinally x == 2",
        "shared y = 1\nprocess P { v = y; y = v + 1 }\nfinally y == 2",
        "param n = 1\nshared x = 1\nprocess P { v = x; x = v + 1 }\nfinally x == 2"}) {
    EXPECT_NE(hash, HashText(MustCompile(other))) << other;
  }
}

TEST(ProgramHashTest, VariantAndParametersMatter) {
  constexpr std::string_view kSource =
      "variant a, b\nparam n = 1\nshared x = 0\nprocess P { if variant == a { x = n } }";
  const std::string hash = HashText(MustCompile(kSource));
  EXPECT_EQ(hash, HashText(MustCompile(kSource, {"a", {{"n", 1}}})));
  EXPECT_NE(hash, HashText(MustCompile(kSource, {"b", {}})));
  EXPECT_NE(hash, HashText(MustCompile(kSource, {"a", {{"n", 2}}})));
}

}  // namespace
}  // namespace ipclab
