#include "clients/cli/step/found_path.h"

#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

constexpr char kPath[] = "lost_wakeup polling @3f9a01c2 : A! B2 C>A A";

TEST(FoundPath, GoesOnWhereTheCourseIsItsBeginning) {
  const PathStand first = StandOn(kPath, "lost_wakeup polling @3f9a01c2 :");
  EXPECT_EQ(first.kind, PathStand::kOn);
  EXPECT_EQ(first.next, (Choose{.worker = 0}));
  // What is marked as a preemption makes no difference.
  const PathStand signal = StandOn(kPath, "lost_wakeup polling @3f9a01c2 : A B! B");
  EXPECT_EQ(signal.kind, PathStand::kOn);
  EXPECT_EQ(signal.next, (Choose{.worker = 2, .wakes = 0}));
}

TEST(FoundPath, EndsWithItsLastStep) { EXPECT_EQ(StandOn(kPath, kPath).kind, PathStand::kEnd); }

TEST(FoundPath, IsLeftByAnotherStepAndByOneMore) {
  EXPECT_EQ(StandOn(kPath, "lost_wakeup polling @3f9a01c2 : B").kind, PathStand::kOff);
  EXPECT_EQ(StandOn(kPath, "lost_wakeup polling @3f9a01c2 : A B2 C>B").kind, PathStand::kOff);
  EXPECT_EQ(StandOn(kPath, std::string(kPath) + " A").kind, PathStand::kOff);
}

// Whom a signal wakes need not be said where it is who waits longest.
TEST(FoundPath, WhomASignalWokeMayStandInOneOfThemOnly) {
  EXPECT_EQ(StandOn(kPath, "lost_wakeup polling @3f9a01c2 : A! B2 C").kind, PathStand::kOn);
}

TEST(FoundPath, WhatIsNoScheduleIsNoPath) {
  EXPECT_EQ(StandOn("", "lost_wakeup polling @3f9a01c2 : A").kind, PathStand::kOff);
}

}  // namespace
}  // namespace ipclab::cli
