// The exact numbers that were reproduced by two independent models.

#include <gtest/gtest.h>

#include "common/program/compile.h"
#include "tests/common/enumerate.h"
#include "tests/common/oracle_programs.h"
#include "tests/common/program_run.h"

namespace ipclab {
namespace {

ProgramChoice Counter(int64_t workers, int64_t rounds, const char* variant = "racy") {
  return {variant, {{"workers", workers}, {"rounds", rounds}}};
}

// Each number twice: by every schedule, and over the graph of states.
void ExpectCounts(const Program& program, int64_t schedules, int64_t failing, int64_t deadlocked) {
  const Counts plain = PlainEnumeration(program).counts();
  EXPECT_EQ(plain.schedules, schedules);
  EXPECT_EQ(plain.failing, failing);
  EXPECT_EQ(plain.deadlocked, deadlocked);
  const Counts states = StateEnumeration(program).counts();
  EXPECT_EQ(states.schedules, schedules);
  EXPECT_EQ(states.failing, failing);
  EXPECT_EQ(states.deadlocked, deadlocked);
}

TEST(OracleTest, CounterOfTwoWorkersOnce) {
  const Program program = Compiled(kCounterProgram, Counter(2, 1));
  ExpectCounts(program, 6, 4, 0);
  EXPECT_EQ(StateEnumeration(program).counts().states, 12);
  EXPECT_EQ(PlainEnumeration(program).counts().least_preemptions_to_fail, 1);
}

TEST(OracleTest, CounterOfTwoWorkersTwice) {
  ExpectCounts(Compiled(kCounterProgram, Counter(2, 2)), 70, 64, 0);
}

TEST(OracleTest, CounterOfThreeWorkersOnce) {
  ExpectCounts(Compiled(kCounterProgram, Counter(3, 1)), 90, 84, 0);
}

TEST(OracleTest, CounterOfTwoWorkersSixTimesByStates) {
  const Counts counts = StateEnumeration(Compiled(kCounterProgram, Counter(2, 6))).counts();
  EXPECT_EQ(counts.states, 2663);
  EXPECT_EQ(counts.schedules, 2'704'156);
  EXPECT_EQ(counts.failing, 2'703'232);
  std::map<std::string, int64_t> finals;
  for (const auto& [outcome, figures] : counts.outcomes) finals[outcome] = figures.schedules;
  const std::map<std::string, int64_t> expected = {
      {"counter=2", 8},       {"counter=3", 320},     {"counter=4", 5'504},
      {"counter=5", 51'968},  {"counter=6", 374'056}, {"counter=7", 793'952},
      {"counter=8", 841'552}, {"counter=9", 477'216}, {"counter=10", 139'648},
      {"counter=11", 19'008}, {"counter=12", 924}};
  EXPECT_EQ(finals, expected);
}

#ifndef IPCLAB_SANITIZE  // it makes ten million steps
TEST(OracleTest, CounterOfTwoWorkersSixTimesByEverySchedule) {
  const Counts counts = PlainEnumeration(Compiled(kCounterProgram, Counter(2, 6))).counts();
  EXPECT_EQ(counts.schedules, 2'704'156);
  EXPECT_EQ(counts.failing, 2'703'232);
  EXPECT_EQ(counts.outcomes.begin()->second.schedules, 139'648);  // counter=10
  EXPECT_EQ(counts.outcomes.at("counter=11").schedules, 19'008);
  EXPECT_EQ(counts.outcomes.at("counter=11").least_preemptions, 2);
  EXPECT_EQ(counts.outcomes.at("counter=2").schedules, 8);
}
#endif

TEST(OracleTest, CounterWithAMutex) {
  ExpectCounts(Compiled(kCounterProgram, Counter(2, 6, "mutex")), 924, 0, 0);
}

TEST(OracleTest, TwoLocks) {
  ExpectCounts(Compiled(kTwoLocksProgram, {"opposite", {}}), 6, 2, 2);
  ExpectCounts(Compiled(kTwoLocksProgram, {"same", {}}), 2, 0, 0);
}

TEST(OracleTest, ThreePhilosophers) {
  ExpectCounts(Compiled(kPhilosophersProgram, {"left_first", {}}), 168, 6, 6);
  ExpectCounts(Compiled(kPhilosophersProgram, {"ordered", {}}), 142, 0, 0);
}

TEST(OracleTest, SemaphoreOfTwoForThreeWorkers) {
  ExpectCounts(Compiled(kRoomProgram), 2'550, 0, 0);
}

}  // namespace
}  // namespace ipclab
