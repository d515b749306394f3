// Legs of real workers over a real pipe in an open loop.

#include "gtest/gtest.h"
#include "tests/support/scripted_mechanisms.h"
#include "tests/support/test_crew.h"
#include "tests/support/test_zygote.h"

namespace ipclab {
namespace {

class OpenLoopLegTest : public testing::Test {
 protected:
  static v1::Load LoadOf(double per_second) {
    v1::Load load;
    load.set_per_second(per_second);
    load.set_arrivals(v1::Load::FIXED);
    return load;
  }

  TestZygote zygote_{IPCLAB_WORKER};
};

// What arrives in a second, by the first and the last message.
double RateOf(const WorkerPage& page) {
  return static_cast<double>(page.messages - 1) * 1e9 / static_cast<double>(page.span_nanos);
}

TEST_F(OpenLoopLegTest, WhatIsDueInASecondArrivesInASecond) {
  constexpr double kRate = 10'000;
  TestCrew crew(zygote_, {.pattern = v1::Pattern::STREAM, .load = LoadOf(kRate)});
  ASSERT_TRUE(crew.Connect());
  double rate = 0;
  // A busy host may hold up the last message of a leg, which is no fault of the schedule.
  for (int leg = 0; leg < 5 && !(rate > kRate * 0.99); ++leg) {
    crew.RunLeg(5000);
    rate = RateOf(crew.page(1));
    EXPECT_LT(rate, kRate * 1.01);
    EXPECT_EQ(crew.page(1).messages, 5000);
  }
  EXPECT_GT(rate, kRate * 0.99);
}

TEST_F(OpenLoopLegTest, ByDurationARateThatCannotBeReachedEnds) {
  for (const auto pattern : {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM}) {
    TestCrew crew(zygote_, {.pattern = pattern, .load = LoadOf(1e8)});
    ASSERT_TRUE(crew.Connect());
    internal::Leg leg;
    leg.set_duration_nanos(20'000'000);
    crew.RunLeg(leg);
    EXPECT_GT(crew.page(1).messages, 1);
    EXPECT_LT(RateOf(crew.page(1)), 1e8 * 0.99);
    crew.Quit();
  }
}

// One stall of 10 ms is one sample to a loop that waits for it, and to a schedule it is one of each
// message that was due meanwhile.
TEST_F(OpenLoopLegTest, AStallIsInThe999thOfThousandOpenAndNotClosed) {
  TestZygote zygote(IPCLAB_SCRIPTED_WORKER);
  constexpr int64_t kMessages = 5000;
  constexpr int64_t kAlmostAll = kStallNanos * 8 / 10;
  TestCrew open(zygote, {.mechanism = "stalls", .load = LoadOf(5000)}, 1);
  ASSERT_TRUE(open.Connect());
  open.RunLeg(kMessages);
  EXPECT_GT(open.page(0).round_trip.Snapshot().ValueAtPercentile(99.9), kAlmostAll);
  EXPECT_GT(open.page(0).round_trip.Snapshot().ValueAtPercentile(99.5), kStallNanos / 4);
  open.Quit();

  int64_t hidden = kStallNanos;
  // A busy host has stalls of its own.
  for (uint64_t crew = 2; crew < 20 && hidden >= kAlmostAll; ++crew) {
    TestCrew closed(zygote, {.mechanism = "stalls"}, crew);
    ASSERT_TRUE(closed.Connect());
    closed.RunLeg(kMessages);
    EXPECT_GT(closed.page(0).round_trip.Snapshot().max, kAlmostAll);
    hidden = closed.page(0).round_trip.Snapshot().ValueAtPercentile(99.9);
    closed.Quit();
  }
  EXPECT_LT(hidden, kAlmostAll);
}

}  // namespace
}  // namespace ipclab
