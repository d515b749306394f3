// Legs of real workers whose round trips are timed together.

#include "gtest/gtest.h"
#include "tests/support/test_crew.h"
#include "tests/support/test_zygote.h"

namespace ipclab {
namespace {

class BatchedLegTest : public testing::Test {
 protected:
  static internal::Leg LegOf(int64_t messages, int batch, int64_t warm_up = 0) {
    internal::Leg leg;
    leg.set_messages(messages);
    leg.set_warm_up(warm_up);
    leg.set_batch(batch);
    return leg;
  }

  // How the values of a leg stand to its messages.
  void ExpectValues(TestCrew& crew, int64_t messages, int64_t values, int batch) {
    for (size_t worker = 0; worker < crew.size(); ++worker) {
      EXPECT_EQ(crew.page(worker).messages, messages);
      EXPECT_EQ(crew.page(worker).batch, batch);
      EXPECT_EQ(crew.page(worker).lost + crew.page(worker).duplicated, 0);
    }
    EXPECT_EQ(crew.page(0).round_trip.Snapshot().count, values);
  }

  TestZygote zygote_{IPCLAB_WORKER};
};

TEST_F(BatchedLegTest, EachBatchIsOneValueAndEachMessageIsCounted) {
  for (const char* const mechanism : {"null", "memfd_ring", "pipe"}) {
    SCOPED_TRACE(mechanism);
    TestCrew crew(zygote_, {.mechanism = mechanism});
    ASSERT_TRUE(crew.Connect());
    crew.RunLeg(LegOf(1600, 16, /*warm_up=*/5));
    ExpectValues(crew, 1600, 100, 16);
    EXPECT_EQ(crew.page(0).bytes, 1600 * 64);
    crew.RunLeg(LegOf(100, 1));
    ExpectValues(crew, 100, 100, 1);
    crew.Quit();
  }
}

TEST_F(BatchedLegTest, AValueIsTheMeanOfItsBatch) {
  TestCrew crew(zygote_, {});
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(LegOf(3200, 16));
  const HistogramSnapshot times = crew.page(0).round_trip.Snapshot();
  // All batches together are all but what lies between them of the span.
  EXPECT_LE(times.min * 3200, crew.page(0).span_nanos);
  EXPECT_GE(times.max * 3200, crew.page(0).span_nanos * 9 / 10);
}

TEST_F(BatchedLegTest, WhatTheEndOfTheLegCutsShortIsNoValueUnlessThereIsNoOther) {
  TestCrew crew(zygote_, {});
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(LegOf(39, 16, /*warm_up=*/3));
  ExpectValues(crew, 39, 2, 16);
  crew.RunLeg(LegOf(1, 16));
  ExpectValues(crew, 1, 1, 16);
}

TEST_F(BatchedLegTest, DurationAndStopEndItInTheMiddleOfABatch) {
  TestCrew crew(zygote_, {});
  ASSERT_TRUE(crew.Connect());
  internal::Leg leg;
  leg.set_duration_nanos(20'000'000);
  leg.set_batch(16);
  crew.RunLeg(leg);
  EXPECT_GE(crew.page(0).span_nanos, 20'000'000);
  EXPECT_EQ(crew.page(0).messages, crew.page(1).messages);
  crew.StartLeg(LegOf(int64_t{1} << 60, 1 << 30));
  while (crew.page(1).messages == 0) {
  }
  crew.control_page().stop = 1;
  crew.AwaitLeg();
  EXPECT_EQ(crew.page(0).messages, crew.page(1).messages);
  EXPECT_EQ(crew.page(0).round_trip.Snapshot().count, 1);
}

TEST_F(BatchedLegTest, NothingIsBatchedThatMayBeLostIsDueAtAMomentOrIsLookedAt) {
  v1::Load load;
  load.set_per_second(1e6);
  load.set_arrivals(v1::Load::FIXED);
  const TestCrew::Plan plans[] = {{.mechanism = "udp"}, {.load = load}, {.verify_payload = true}};
  for (const TestCrew::Plan& plan : plans) {
    TestCrew crew(zygote_, plan);
    ASSERT_TRUE(crew.Connect());
    crew.RunLeg(LegOf(160, 16));
    EXPECT_EQ(crew.page(0).batch, 1);
    EXPECT_EQ(crew.page(0).round_trip.Snapshot().count, crew.page(0).messages);
    crew.Quit();
  }
}

}  // namespace
}  // namespace ipclab
