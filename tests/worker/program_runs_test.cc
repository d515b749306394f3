// Workers that make many schedules one after the other by themselves, with the test as their
// server.

#include <signal.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <vector>

#include "common/program/apply.h"
#include "common/program/state.h"
#include "tests/common/enumerate.h"
#include "tests/worker/program_steps.h"

namespace ipclab {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;

constexpr char kRunCounter[] = R"(
variant racy, mutex, semaphore, pipe
param rounds = 1 in 1..10
param workers = 2 in 1..4
shared counter = 10
mutex m
semaphore s = 1
channel c[2]
process P[workers] {
  repeat rounds {
    if variant == pipe { send(c, self); x = receive(c) } else {
      if variant == mutex { lock(m) }
      if variant == semaphore { wait(s) }
      counter = counter + 1
      if variant == semaphore { post(s) }
      if variant == mutex { unlock(m) }
    }
  }
}
finally counter == 10 + workers * rounds || variant == pipe
)";

// Ends with what must be undone: locks that are held, records that were not received, a semaphore
// that is not as it was.
constexpr char kRunLeavings[] = R"(
shared a[3]
mutex m, n
rwlock rw
semaphore s = 2
channel c[4]
process P[2] {
  lock(m)
  a[self] = a[2] + 1
  send(c, a[self])
  unlock(m)
  read_lock(rw)
  wait(s)
  if self == 0 { lock(n); x = receive(c) }
}
)";

// Every schedule of a small program, one after the other, the first so many of them.
std::vector<std::vector<Choose>> SchedulesOf(const Program& program, size_t most) {
  std::vector<std::vector<Choose>> all;
  std::vector<Choose> path;
  const std::function<void(const std::vector<int64_t>&)> visit =
      [&](const std::vector<int64_t>& state) {
        if (all.size() == most) return;
        if (EnabledOf(program, state.data()) == 0) {
          all.push_back(path);
          return;
        }
        ForEachChoice(program, state.data(), [&](const Choose& choice) {
          std::vector<int64_t> next = state;
          Apply(program, next.data(), choice.worker, choice.wakes, nullptr);
          path.push_back(choice);
          visit(next);
          path.pop_back();
        });
      };
  std::vector<int64_t> initial(static_cast<size_t>(program.state_words));
  BeginProgram(program, initial.data(), nullptr);
  visit(initial);
  return all;
}

uint64_t HashAfter(const Program& program, const std::vector<Choose>& steps) {
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  EXPECT_TRUE(Follow(program, steps, state.data()).ok());
  return HashOf(program, state.data());
}

class ProgramRunsTest : public ProgramStepsTest {
 protected:
  static void MakeAll(ProgramCrew::Plan plan, bool spins) {
    plan.explores = true;
    plan.one_cpu = !spins;
    ProgramCrew crew(Zygote(), plan);
    ASSERT_TRUE(crew.Connect()) << crew.complaint();
    const auto runs = SchedulesOf(crew.program(), 2000);
    for (int time = 0; time < 2; ++time) {
      const internal::FromWorker said = crew.Runs(runs, spins);
      ASSERT_TRUE(said.has_leg_done()) << said.ShortDebugString();
      EXPECT_EQ(crew.batch().made.load(), runs.size());
      for (size_t i = 0; i < runs.size(); ++i) {
        ASSERT_EQ(crew.batch().hashes.at(i), HashAfter(crew.program(), runs[i])) << i;
      }
    }
    EXPECT_THAT(crew.Quit(), Each(0));
  }
};

TEST_F(ProgramRunsTest, EveryScheduleIsMadeOneAfterTheOther) {
  for (const bool spins : {true, false}) {
    for (const char* variant : {"racy", "mutex", "semaphore", "pipe"}) {
      SCOPED_TRACE(variant);
      MakeAll({.source = kRunCounter, .variant = variant, .parameters = {{"rounds", 2}}}, spins);
    }
  }
}

TEST_F(ProgramRunsTest, WhatARunLeavesIsUndone) {
  for (const bool spins : {true, false}) MakeAll({.source = kRunLeavings}, spins);
}

// What a stranger wrote into an object's memory, which its host has offered.
void Write(ProgramCrew& crew, const char* object, int64_t value) {
  const UniqueFd& memory = crew.offer(object).descriptors.at(0);
  EXPECT_EQ(::pwrite(memory.get(), &value, sizeof value, 0), static_cast<ssize_t>(sizeof value));
}

TEST_F(ProgramRunsTest, AnOperationThatGivesSomethingElseIsToldWithTheScheduleBeforeIt) {
  ProgramCrew crew(Zygote(),
                   {.source = "shared x = 1, y\nprocess P[2] { y = self; a = x; print a }\n",
                    .over = {{"cells", {"memfd"}}},
                    .explores = true});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  Write(crew, "x", 77);
  const internal::FromWorker said = crew.Runs({{{1, -1}, {0, -1}, {0, -1}, {1, -1}}}, true);
  EXPECT_EQ(said.failed().kind(), internal::Failed::MISMATCH);
  EXPECT_THAT(said.failed().message(),
              AllOf(HasSubstr("; after B! A"), HasSubstr("worker A, read x"),
                    HasSubstr("the kernel gave 77, the model gave 1")));
  ::kill(crew.pid(1), SIGKILL);  // it waits for its turn
}

TEST_F(ProgramRunsTest, AnObjectThatStandsOtherwiseAtTheEndOfARunIsTold) {
  ProgramCrew crew(Zygote(), {.source = "shared x = 1, y\nprocess P[2] { y = self }\n",
                              .over = {{"cells", {"memfd"}}},
                              .explores = true});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  ASSERT_TRUE(crew.Runs({{{1, -1}, {0, -1}}}, true).has_leg_done());
  Write(crew, "x", 77);
  const internal::FromWorker said = crew.Runs({{{1, -1}, {0, -1}}}, true);
  EXPECT_EQ(said.failed().kind(), internal::Failed::MISMATCH);
  EXPECT_THAT(said.failed().message(), AllOf(HasSubstr("after B A"), HasSubstr("77 of x")));
}

}  // namespace
}  // namespace ipclab
