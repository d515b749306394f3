// Equal situations are equal words, whatever led to them.

#include <gtest/gtest.h>

#include <set>

#include "tests/common/program_run.h"

namespace ipclab {
namespace {

// The words of a program after each of several courses.
void ExpectSameState(std::string_view source, const std::vector<std::string_view>& courses) {
  const Program program = Compiled(source);
  std::vector<int64_t> first;
  for (const std::string_view course : courses) {
    ProgramRun run(program);
    run.Steps(course);
    if (first.empty()) first = run.state();
    EXPECT_EQ(run.state(), first) << course;
    EXPECT_EQ(HashOf(program, run.state().data()), HashOf(program, first.data())) << course;
  }
}

TEST(MachineStateTest, OrderDoesNotMatterWhereItMakesNoDifference) {
  ExpectSameState("shared x, y\nprocess A { x = 1 }\nprocess B { y = 1 }", {"A B", "B A"});
  ExpectSameState("shared x\nprocess P[2] { x = 1 }\nfinally x == 0", {"A B", "B A"});
  ExpectSameState("mutex m\nprocess P[2] { lock(m); unlock(m) }", {"A2 B2", "B2 A2"});
  ExpectSameState("rwlock m\nprocess P[2] { read_lock(m); unlock(m) }", {"A B", "B A"});
  ExpectSameState("barrier b = 2\nprocess P[2] { barrier_wait(b) }", {"A B A", "B A B"});
  ExpectSameState("process P[2] { critical c max 2 { } }", {"A B", "B A"});
}

TEST(MachineStateTest, ADeadlockIsTheSameWhoeverCompletedIt) {
  ExpectSameState(R"(
mutex m, n
process A { lock(m); lock(n) }
process B { lock(n); lock(m) }
)",
                  {"A B", "B A"});
}

TEST(MachineStateTest, TheWayToTheEndLeavesNothingBehind) {
  ExpectSameState(R"(
shared x
process A {
  old = cas(x, 0, 0)
  if old == 1 { a = 5; b = old * 2 + a } else { c = error }
}
process B { got = cas(x, 1, 1) }
)",
                  {"A B", "B A"});
}

TEST(MachineStateTest, VacatedPlacesOfAChannelAreEmpty) {
  ExpectSameState(R"(
channel c[3]
process A { send(c, 5, 6); send(c, 7, 8) }
process B { x = receive(c); x = receive(c); x = 0 }
)",
                  {"A2 B2", "A B A B"});
}

TEST(MachineStateTest, WhoWokeLeavesNoTraceInTheQueue) {
  ExpectSameState(R"(
shared x
process P[2] { futex_wait(x, 0) }
process W { n = futex_wake(x, 2) }
)",
                  {"A B C A B", "B A C B A"});
  ExpectSameState(R"(
mutex m
condition c
process P[2] { lock(m); cond_wait(c, m); unlock(m) }
process W { broadcast(c) }
)",
                  {"A2 B2 C A2 B2", "B2 A2 C B2 A2"});
}

TEST(MachineStateTest, TheOrderOfSleepersIsPartOfIt) {
  const Program program =
      Compiled("shared x\nprocess P[2] { futex_wait(x, 0) }\nprocess W { x = 1 }");
  ProgramRun one(program);
  ProgramRun other(program);
  one.Steps("A B");
  other.Steps("B A");
  EXPECT_NE(one.state(), other.state());
  EXPECT_NE(HashOf(program, one.state().data()), HashOf(program, other.state().data()));
}

TEST(MachineStateTest, AFinishedFrameIsEmpty) {
  ProgramRun run("shared x\nprocess P[2] { a = x; b = a + 1 }");
  run.Step('B');
  const State words(run.program(), const_cast<int64_t*>(run.state().data()));
  EXPECT_EQ(words.frame(1).run, RunState::kDone);
  const auto begin = run.state().begin() + run.program().workers[1].offset;
  const auto end = run.state().begin() + run.program().objects[0].offset;
  EXPECT_EQ(std::count(begin + 1, end, 0), end - begin - 1);
}

TEST(MachineStateTest, TemporariesThatWerePoppedAreZero) {
  ProgramRun run(
      "shared a[2] = {8, 9}, x\nprocess A { b = a[1] * 3 + 5; x = b; got = cas(x, 1, 2); x = 2 }");
  const int locals = static_cast<int>(run.program().processes[0].locals.size());
  const int stack = run.program().processes[0].stack;
  const State words(run.program(), const_cast<int64_t*>(run.state().data()));
  ASSERT_GE(stack, 2);
  while (run.Enabled() == "A") {
    run.Step('A');
    for (int64_t i = words.frame(0).depth; i < stack; ++i) {
      EXPECT_EQ(words.values(0)[locals + i], 0) << "before " << run.Next('A') << ": " << i;
    }
  }
}

TEST(MachineStateTest, ItHoldsFailureFramesAndObjectsInThisOrder) {
  const Program program = Compiled(R"(
shared x, a[5], slept
mutex m
semaphore s = 1
condition c
rwlock rw
barrier b = 2
channel q[3]
process P[2] { futex_wait(slept, 1); critical room max 1 { x = a[0] } }
)");
  int next = kFailureWords;
  for (const ProgramWorker& worker : program.workers) {
    EXPECT_EQ(worker.offset, next);
    const ProgramProcess& process = program.processes[worker.process];
    next += kFrameWords + static_cast<int>(process.locals.size()) + process.stack;
  }
  const std::vector<int> expected = {1, 5, 3, 1, 1, 2, 2, 2, 7, 1};
  ASSERT_EQ(program.objects.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(program.objects[i].words, expected[i]) << program.objects[i].name;
    EXPECT_EQ(program.objects[i].offset, next);
    next += expected[i];
  }
  EXPECT_EQ(program.state_words, next);
}

TEST(WaiterQueueTest, KeepsTheOrderAndHoldsAllWorkers) {
  WaiterQueue queue{0, 0};
  for (int worker = 15; worker >= 0; --worker) queue.Add(worker);
  EXPECT_EQ(queue.count, 16);
  EXPECT_EQ(queue.at(0), 15);
  EXPECT_EQ(queue.at(15), 0);
  EXPECT_TRUE(queue.Remove(0)) << "the last place";
  EXPECT_TRUE(queue.Remove(15)) << "the first place";
  EXPECT_FALSE(queue.Remove(15));
  EXPECT_TRUE(queue.Remove(8));
  EXPECT_EQ(queue.count, 13);
  EXPECT_EQ(queue.at(5), 9);
  EXPECT_EQ(queue.at(6), 7);
  for (int worker = 1; worker < 15; ++worker) queue.Remove(worker);
  EXPECT_EQ(queue.count, 0);
  EXPECT_EQ(queue.workers, 0u);
}

TEST(MachineStateTest, HashesOfManyStatesDiffer) {
  const Program program = Compiled("shared x, y\nprocess A { x = 1 }");
  std::vector<int64_t> state(program.state_words);
  BeginProgram(program, state.data(), nullptr);
  std::set<uint64_t> hashes;
  for (int x = 0; x < 100; ++x) {
    for (int y = 0; y < 100; ++y) {
      state[program.objects[0].offset] = x;
      state[program.objects[1].offset] = y;
      hashes.insert(HashOf(program, state.data()));
    }
  }
  EXPECT_EQ(hashes.size(), 10'000u);
}

}  // namespace
}  // namespace ipclab
