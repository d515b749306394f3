// Legs of real workers over a real pipe: what is sent, counted and timed.

#include <filesystem>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/support/nap.h"
#include "tests/support/process_state.h"
#include "tests/support/test_crew.h"
#include "tests/support/test_zygote.h"

namespace ipclab {
namespace {

class LegTest : public testing::Test {
 protected:
  void ExpectNoFaults(TestCrew& crew) {
    for (size_t worker = 0; worker < crew.size(); ++worker) {
      const WorkerPage& page = crew.page(worker);
      EXPECT_EQ(page.lost, 0);
      EXPECT_EQ(page.duplicated, 0);
      EXPECT_EQ(page.reordered, 0);
      EXPECT_EQ(page.corrupted, 0);
    }
  }

  TestZygote zygote_{IPCLAB_WORKER};
};

TEST_F(LegTest, RoundTripCountsAndTimesEveryMessageButTheWarmUp) {
  TestCrew crew(zygote_, {.message_bytes = 100});
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(500, /*warm_up=*/50);
  for (size_t worker = 0; worker < 2; ++worker) {
    EXPECT_EQ(crew.page(worker).messages, 500);
    EXPECT_EQ(crew.page(worker).bytes, 50'000);
    EXPECT_GT(crew.page(worker).span_nanos, 0);
    EXPECT_GE(crew.page(worker).progress, 550u);
    EXPECT_GT(crew.page(worker).cpu_user_nanos + crew.page(worker).cpu_system_nanos, 0);
    EXPECT_EQ(crew.page(worker).migrations, 0);
  }
  const HistogramSnapshot times = crew.page(0).round_trip.Snapshot();
  EXPECT_EQ(times.count, 500);
  EXPECT_GT(times.min, 100);  // Nothing between processes is faster.
  // The span holds all round trips: their sum cannot be more.
  EXPECT_LE(times.min * 500, crew.page(0).span_nanos);
  EXPECT_EQ(crew.page(1).round_trip.Snapshot().count, 0);
  ExpectNoFaults(crew);
}

TEST_F(LegTest, WhatTheWarmUpCostsIsInNoFigure) {
  TestCrew crew(zygote_, {.message_bytes = 64});
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(20'000);
  const auto cost = [&] {
    int64_t sum = 0;
    for (const size_t worker : {0, 1}) {
      sum += crew.page(worker).cpu_user_nanos + crew.page(worker).cpu_system_nanos;
    }
    return sum;
  };
  const int64_t whole = cost();
  crew.RunLeg(200, /*warm_up=*/19'800);
  EXPECT_LT(cost(), whole / 4);
  // One sleep for each message, and room for what else a host does.
  EXPECT_LT(crew.page(0).voluntary_switches, 1000);
}

TEST_F(LegTest, WaitingForACpuIsToldWhereTheWorkersShareOne) {
  if (!std::filesystem::exists("/proc/self/schedstat")) GTEST_SKIP() << "this kernel tells nobody";
  TestCrew crew(zygote_, {.same_cpu = true});
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(2000);
  // Who is woken waits until the other one sleeps.
  EXPECT_GT(crew.page(0).run_delay_nanos + crew.page(1).run_delay_nanos, 2000 * 100);
}

#if !defined(IPCLAB_SANITIZE)  // which make nothing of mlock
TEST_F(LegTest, TheFirstLongLegLocksTheMemoryOfAWorkerAndASingleStepDoesNot) {
  TestCrew crew(zygote_, {});
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(1);
  EXPECT_EQ(StatusLine(crew.pid(0), "VmLck"), "0 kB");
  crew.RunLeg(500);
  for (size_t worker = 0; worker < 2; ++worker) {
    const bool locked = StatusLine(crew.pid(worker), "VmLck") != "0 kB";
    EXPECT_EQ(locked, crew.page(worker).lock_error == 0);
  }
}
#endif

TEST_F(LegTest, StreamIsTimedAtBothEndsAndCountedAtBoth) {
  TestCrew crew(zygote_, {.pattern = v1::Pattern::STREAM, .message_bytes = 16});
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(5000, /*warm_up=*/100);
  EXPECT_EQ(crew.page(0).messages, 5000);
  EXPECT_EQ(crew.page(1).messages, 5000);
  EXPECT_EQ(crew.page(0).send_call.Snapshot().count, 5000);
  const bool synchronised = zygote_.hello().environment().clock_synchronised();
  EXPECT_EQ(crew.page(1).one_way.Snapshot().count, synchronised ? 5000 : 0);
  ExpectNoFaults(crew);
}

// Nobody reads more of these than number and stamp, and both are read where they lie.
TEST_F(LegTest, WhatIsReadInPlaceIsCountedAndTimedAlike) {
  for (const char* const batch : {"1", "8"}) {
    TestCrew crew(zygote_, {.mechanism = "memfd_ring",
                            .pattern = v1::Pattern::STREAM,
                            .message_bytes = 4096,
                            .options = {{"in_place", "true"}, {"batch", batch}}});
    ASSERT_TRUE(crew.Connect());
    const absl::Time begin = absl::Now();
    crew.RunLeg(5000, /*warm_up=*/100);
    const absl::Duration took = absl::Now() - begin;
    EXPECT_EQ(crew.page(1).messages, 5000);
    EXPECT_EQ(crew.page(1).bytes, 5000 * 4096);
    const HistogramSnapshot one_way = crew.page(1).one_way.Snapshot();
    if (zygote_.hello().environment().clock_synchronised()) {
      EXPECT_EQ(one_way.count, 5000);
      EXPECT_GT(one_way.min, 0);
      // A stamp of another leg, or none, is older.
      EXPECT_LT(one_way.max, absl::ToInt64Nanoseconds(took));
    }
    ExpectNoFaults(crew);
    crew.Quit();
  }
}

TEST_F(LegTest, StreamOfMessagesTooShortForAStampHasNoOneWayTimes) {
  TestCrew crew(zygote_, {.pattern = v1::Pattern::STREAM, .message_bytes = 15});
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(1000);
  EXPECT_EQ(crew.page(1).messages, 1000);
  EXPECT_EQ(crew.page(1).one_way.Snapshot().count, 0);
}

TEST_F(LegTest, OneByteMessagesKeepTheirSequence) {
  for (const auto pattern : {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM}) {
    TestCrew crew(zygote_, {.pattern = pattern, .message_bytes = 1, .verify_payload = true});
    ASSERT_TRUE(crew.Connect());
    crew.RunLeg(1000, 7);
    EXPECT_EQ(crew.page(1).messages, 1000);
    ExpectNoFaults(crew);
    crew.Quit();
  }
}

TEST_F(LegTest, MessagesAboveTheCapacityArriveWhole) {
  for (const auto pattern : {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM}) {
    TestCrew crew(zygote_, {.pattern = pattern, .message_bytes = 300'001, .verify_payload = true});
    ASSERT_TRUE(crew.Connect());
    crew.RunLeg(20);
    EXPECT_EQ(crew.page(1).messages, 20);
    ExpectNoFaults(crew);
    crew.Quit();
  }
}

TEST_F(LegTest, EachLegHasItsOwnFiguresAndSequenceNumbersGoOn) {
  TestCrew crew(zygote_, {});
  ASSERT_TRUE(crew.Connect());
  for (const int64_t messages : {300, 1, 1, 77}) {
    crew.RunLeg(messages, /*warm_up=*/3);
    for (size_t worker = 0; worker < 2; ++worker) {
      EXPECT_EQ(crew.page(worker).messages, messages);
    }
    EXPECT_EQ(crew.page(0).round_trip.Snapshot().count, messages);
    ExpectNoFaults(crew);
  }
}

TEST_F(LegTest, DurationIsCountedFromTheFirstCountedMessage) {
  TestCrew crew(zygote_, {.pattern = v1::Pattern::STREAM});
  ASSERT_TRUE(crew.Connect());
  internal::Leg leg;
  leg.set_duration_nanos(50'000'000);
  leg.set_warm_up(1000);
  crew.RunLeg(leg);
  EXPECT_GE(crew.page(0).span_nanos, 50'000'000);
  EXPECT_GT(crew.page(0).messages, 1);
  EXPECT_EQ(crew.page(0).messages, crew.page(1).messages);
}

TEST_F(LegTest, StopEndsALegThatHasNoOtherEnd) {
  for (const auto pattern : {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM}) {
    TestCrew crew(zygote_, {.pattern = pattern});
    ASSERT_TRUE(crew.Connect());
    internal::Leg leg;
    leg.set_messages(int64_t{1} << 60);
    crew.StartLeg(leg);
    while (crew.page(0).messages < 1000) Nap();
    crew.control_page().stop = 1;
    crew.AwaitLeg();
    EXPECT_GE(crew.page(0).messages, 1000);
    EXPECT_EQ(crew.page(0).messages, crew.page(1).messages);
    ExpectNoFaults(crew);
    crew.Quit();
  }
}

TEST_F(LegTest, StopDuringWarmUpEndsTheLegWithNothingCountedAndTheNextOneIsWhole) {
  TestCrew crew(zygote_, {});
  ASSERT_TRUE(crew.Connect());
  internal::Leg leg;
  leg.set_warm_up(int64_t{1} << 60);
  leg.set_messages(5);
  crew.StartLeg(leg);
  while (crew.page(0).progress < 1000) Nap();
  EXPECT_EQ(crew.page(0).messages, 0);
  crew.control_page().stop = 1;
  crew.AwaitLeg();
  EXPECT_EQ(crew.page(0).messages, 0);
  EXPECT_EQ(crew.page(1).messages, 0);
  crew.control_page().stop = 0;
  crew.RunLeg(9, 2);
  EXPECT_EQ(crew.page(0).messages, 9);
  EXPECT_EQ(crew.page(1).messages, 9);
  ExpectNoFaults(crew);
}

TEST_F(LegTest, ControlIsMeasuredByTheOneWhoSendsFirstBeforeAndAfterEveryLeg) {
  for (const bool same_cpu : {false, true}) {
    TestCrew crew(zygote_, {.same_cpu = same_cpu});
    ASSERT_TRUE(crew.Connect());
    for (int i = 0; i < 3; ++i) {
      internal::Leg leg;
      leg.set_messages(10);
      leg.set_control_rounds(160);
      crew.RunLeg(leg);
      EXPECT_GT(crew.control_page().control_before_nanos, 0);
      EXPECT_GT(crew.control_page().control_after_nanos, 0);
      EXPECT_EQ(crew.page(1).messages, 10);
    }
    crew.RunLeg(10);
    EXPECT_EQ(crew.control_page().control_before_nanos, 0) << "of the leg before";
    EXPECT_EQ(crew.control_page().control_after_nanos, 0);
    crew.Quit();
  }
}

TEST_F(LegTest, TheLoopbackMechanismIsBothEndsOfEitherPattern) {
  for (const auto pattern : {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM}) {
    TestCrew crew(zygote_, {.mechanism = "null", .pattern = pattern, .verify_payload = true});
    ASSERT_EQ(crew.size(), 1u);
    ASSERT_TRUE(crew.Connect());
    internal::Leg leg;
    leg.set_messages(10'000);
    leg.set_warm_up(10);
    leg.set_control_rounds(100);
    crew.RunLeg(leg);
    EXPECT_EQ(crew.control_page().control_before_nanos, 0);
    EXPECT_EQ(crew.page(0).messages, 10'000);
    EXPECT_EQ(crew.page(0).bytes, 640'000);
    const bool stream = pattern == v1::Pattern::STREAM;
    EXPECT_EQ(crew.page(0).send_call.Snapshot().count, stream ? 10'000 : 0);
    EXPECT_EQ(crew.page(0).round_trip.Snapshot().count, stream ? 0 : 10'000);
    ExpectNoFaults(crew);
    crew.Quit();
  }
}

}  // namespace
}  // namespace ipclab
