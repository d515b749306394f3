// What depends on what, case by case.

#include "common/explore/dependency.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "tests/common/program_run.h"

namespace ipclab {
namespace {

constexpr std::string_view kObjects = R"(
shared x = 0
shared y = 0
shared z = 0
shared a[3]
mutex m, n
semaphore s = 1
condition c
rwlock r
barrier b = 2
channel q[2]
)";

// The first operations of two workers, after what is made before them.
bool Dependent(std::string_view first, std::string_view second, std::string_view checks = "",
               std::string_view before = "") {
  const auto text = [](std::string_view part) { return std::string(part); };
  ProgramRun run(absl::StrCat(text(kObjects), "process P { ", text(first), " }\nprocess Q { ",
                              text(second), " }\n", text(checks), "\n"));
  run.Steps(before);
  const auto footprint = [&run](int worker) {
    return FootprintOf(run.program(), Announce(run.program(), run.state().data(), worker));
  };
  EXPECT_EQ(AreDependent(footprint(0), footprint(1)), AreDependent(footprint(1), footprint(0)));
  return AreDependent(footprint(0), footprint(1));
}

TEST(DependencyTest, OfCellsOneMustWrite) {
  EXPECT_FALSE(Dependent("l = x", "l = x"));
  EXPECT_TRUE(Dependent("l = x", "x = 1"));
  EXPECT_TRUE(Dependent("x = 1", "x = 1"));
  EXPECT_FALSE(Dependent("x = 1", "y = 1"));
  EXPECT_TRUE(Dependent("atomic_add(x, 1)", "atomic_add(x, 1)"));
  EXPECT_TRUE(Dependent("l = cas(x, 5, 6)", "l = x"));
  EXPECT_TRUE(Dependent("l = exchange(x, 1)", "x = 2"));
}

TEST(DependencyTest, CellsOfAnArrayAreApart) {
  EXPECT_FALSE(Dependent("a[0] = 1", "a[1] = 1"));
  EXPECT_TRUE(Dependent("a[1] = 1", "l = a[1]"));
}

TEST(DependencyTest, AwaitReadsTheCellsOfItsExpression) {
  EXPECT_TRUE(Dependent("await(x == 1 || y == 1)", "y = 1"));
  EXPECT_FALSE(Dependent("await(x == 1)", "y = 1"));
  EXPECT_FALSE(Dependent("await(x == 1)", "await(x == 1)"));
  EXPECT_TRUE(Dependent("await(a[self + 2] == 1)", "a[2] = 1")) << "which cell is known too late";
}

TEST(DependencyTest, CellsOfAlwaysAreDependentForWhoWritesOne) {
  EXPECT_TRUE(Dependent("x = 1", "y = 1", "always x <= y"));
  EXPECT_TRUE(Dependent("x = 1", "y = 1", "always x < 2\nalways y < 2"));
  EXPECT_FALSE(Dependent("x = 1", "z = 1", "always x <= y"));
  EXPECT_FALSE(Dependent("x = 1", "l = y", "always x <= y"));
  EXPECT_FALSE(Dependent("x = 1", "y = 1", "finally x <= y"));
}

TEST(DependencyTest, LocksAndSemaphoresAreWholes) {
  EXPECT_TRUE(Dependent("lock(m)", "lock(m)"));
  EXPECT_FALSE(Dependent("lock(m)", "lock(n)"));
  EXPECT_TRUE(Dependent("lock(m)", "if trylock(m) { }"));
  EXPECT_TRUE(Dependent("unlock(m)", "lock(m)"));
  EXPECT_TRUE(Dependent("wait(s)", "post(s)"));
  EXPECT_TRUE(Dependent("if trywait(s) { }", "wait(s)"));
  EXPECT_TRUE(Dependent("read_lock(r)", "write_lock(r)"));
  EXPECT_FALSE(Dependent("read_lock(r)", "read_lock(r)")) << "two readers keep nobody out";
}

TEST(DependencyTest, CondWaitTouchesConditionAndMutex) {
  constexpr std::string_view kWait = "lock(m); cond_wait(c, m)";
  EXPECT_TRUE(Dependent(kWait, "signal(c)", "", "A"));
  EXPECT_TRUE(Dependent(kWait, "broadcast(c)", "", "A"));
  EXPECT_TRUE(Dependent(kWait, "lock(m)", "", "A"));
  EXPECT_TRUE(Dependent(kWait, "if trylock(m) { }", "", "A"));
  EXPECT_FALSE(Dependent(kWait, "lock(n)", "", "A"));
}

TEST(DependencyTest, WhoIsWokenComesBackToTheMutexAlone) {
  constexpr std::string_view kWait = "lock(m); cond_wait(c, m)";
  EXPECT_TRUE(Dependent(kWait, "signal(c); lock(m)", "", "A2 B"));
  EXPECT_FALSE(Dependent(kWait, "signal(c); signal(c)", "", "A2 B"));
}

TEST(DependencyTest, FutexesTouchWhoSleeps) {
  EXPECT_TRUE(Dependent("futex_wait(x, 0)", "l = futex_wake(x, 1)"));
  EXPECT_TRUE(Dependent("futex_wait(x, 0)", "futex_wait(x, 0)"));
  EXPECT_TRUE(Dependent("futex_wait(x, 0)", "x = 1"));
  EXPECT_FALSE(Dependent("futex_wait(x, 0)", "l = x"));
  EXPECT_FALSE(Dependent("l = futex_wake(x, 1)", "x = 1"));
  EXPECT_FALSE(Dependent("futex_wait(a[0], 0)", "l = futex_wake(a[1], 1)"));
}

TEST(DependencyTest, ArrivalsAtABarrierAreDependentAndLeavingIsNot) {
  EXPECT_TRUE(Dependent("barrier_wait(b)", "barrier_wait(b)"));
  EXPECT_FALSE(Dependent("barrier_wait(b)", "barrier_wait(b); barrier_wait(b)", "", "A B"));
}

TEST(DependencyTest, RecordsOfAChannelAreInOneOrder) {
  EXPECT_TRUE(Dependent("send(q, 1)", "send(q, 2)"));
  EXPECT_TRUE(Dependent("send(q, 1)", "l = receive(q)"));
}

TEST(DependencyTest, CriticalSectionsOfOneNameAreDependent) {
  EXPECT_TRUE(Dependent("critical k max 1 { }", "critical k max 1 { }"));
  EXPECT_TRUE(Dependent("critical k max 1 { }", "critical k max 1 { }", "", "A"));
  EXPECT_FALSE(Dependent("critical k max 1 { }", "critical other max 1 { }"));
}

}  // namespace
}  // namespace ipclab
