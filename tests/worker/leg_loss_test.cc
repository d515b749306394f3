// Legs of real workers over UDP, and over a ring that drops the oldest, with an end that stands
// still for a while: what overflows is counted as lost, and every leg ends.

#include <signal.h>
#include <time.h>

#include <chrono>

#include "gtest/gtest.h"
#include "tests/support/nap.h"
#include "tests/support/test_crew.h"
#include "tests/support/test_zygote.h"
#include "worker/channel.h"

namespace ipclab {
namespace {

std::chrono::nanoseconds CpuTimeOf(pid_t pid) {
  clockid_t clock;
  timespec time = {};
  EXPECT_EQ(::clock_getcpuclockid(pid, &clock), 0);
  EXPECT_EQ(::clock_gettime(clock, &time), 0);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

class LegLossTest : public testing::Test {
 protected:
  void ExpectAllAccountedFor(TestCrew& crew, size_t worker, int64_t messages) {
    const WorkerPage& page = crew.page(worker);
    EXPECT_EQ(page.messages + page.lost, messages) << "worker " << worker;
    EXPECT_EQ(page.duplicated + page.reordered + page.corrupted, 0) << "worker " << worker;
  }

  void Stop(TestCrew& crew, size_t worker) {
    ::kill(crew.pid(worker), SIGSTOP);
    EXPECT_EQ(zygote_.Await().message.stopped().index(), static_cast<int>(worker));
  }

  TestZygote zygote_{IPCLAB_WORKER};
};

// What more than two workers do over a ring of 64 messages.
TestCrew::Plan DroppingOldest(v1::Pattern::Kind pattern, v1::MeasureSpec::Wait wait) {
  return {.mechanism = "broadcast_ring",
          .pattern = pattern,
          .verify_payload = true,
          .wait = wait,
          .receivers = 2,
          .workers = 3,
          .options = {{"lagging", "drop_oldest"}}};
}

TEST_F(LegLossTest, AReceiverThatStoodStillAccountsForEveryMessageThoughTheLastWasLost) {
  for (const int64_t bytes : {1, 1000}) {
    TestCrew crew(zygote_, {.mechanism = "udp",
                            .pattern = v1::Pattern::STREAM,
                            .message_bytes = bytes,
                            .verify_payload = true});
    ASSERT_TRUE(crew.Connect());
    constexpr int64_t kMessages = 10'000;  // far more than its buffer holds
    Stop(crew, 1);
    internal::Leg leg;
    leg.set_messages(kMessages);
    crew.StartLeg(leg);
    while (crew.control_page().at_work > 1) Nap();  // the sender is through
    ::kill(crew.pid(1), SIGCONT);
    crew.AwaitLeg();
    EXPECT_EQ(crew.page(0).messages, kMessages);
    EXPECT_GT(crew.page(1).messages, 0);
    EXPECT_GT(crew.page(1).lost, 0);
    ExpectAllAccountedFor(crew, 1, kMessages);

    crew.RunLeg(1);
    EXPECT_EQ(crew.page(1).messages, 1);
    EXPECT_EQ(crew.page(1).lost, 0);
    crew.Quit();
  }
}

TEST_F(LegLossTest, RoundTripsWithAResponderThatStoodStillEndByTheirCount) {
  TestCrew crew(zygote_, {.mechanism = "udp", .verify_payload = true});
  ASSERT_TRUE(crew.Connect());
  constexpr int64_t kMessages = 2000;
  internal::Leg leg;
  leg.set_messages(kMessages);
  Stop(crew, 1);
  crew.StartLeg(leg);
  while (crew.page(0).lost < 3) Nap();
  ::kill(crew.pid(1), SIGCONT);
  crew.AwaitLeg();
  EXPECT_GE(crew.page(0).lost, 3);
  ExpectAllAccountedFor(crew, 0, kMessages);
  EXPECT_EQ(crew.page(0).round_trip.Snapshot().count, crew.page(0).messages);
  ExpectAllAccountedFor(crew, 1, kMessages);
  crew.RunLeg(100);
  ExpectAllAccountedFor(crew, 0, 100);
}

TEST_F(LegLossTest, AnInitiatorThatIsNeverAnsweredEndsByStop) {
  TestCrew crew(zygote_, {.mechanism = "udp"});
  ASSERT_TRUE(crew.Connect());
  internal::Leg leg;
  leg.set_messages(int64_t{1} << 60);
  Stop(crew, 1);
  crew.StartLeg(leg);
  while (crew.page(0).lost < 2) Nap();
  crew.control_page().stop = 1;
  while (crew.control_page().at_work > 1) Nap();
  ::kill(crew.pid(1), SIGCONT);
  crew.AwaitLeg();
  EXPECT_EQ(crew.page(0).messages, 0);
  EXPECT_EQ(crew.page(0).lost, crew.page(1).messages + crew.page(1).lost);
}

TEST_F(LegLossTest, EachReceiverOfABroadcastCountsWhatItMissedItself) {
  for (const auto wait : {v1::MeasureSpec::BLOCK, v1::MeasureSpec::SPIN}) {
    TestCrew crew(zygote_, DroppingOldest(v1::Pattern::BROADCAST, wait));
    ASSERT_TRUE(crew.Connect());
    constexpr int64_t kMessages = 10'000;
    internal::Leg leg;
    leg.set_messages(kMessages);
    leg.set_warm_up(500);  // lost as well, and not counted
    Stop(crew, 2);
    crew.StartLeg(leg);
    while (crew.page(0).messages < kMessages) Nap();
    ::kill(crew.pid(2), SIGCONT);
    crew.AwaitLeg();
    EXPECT_EQ(crew.page(2).messages, 32);  // it goes on half a ring behind the newest
    ExpectAllAccountedFor(crew, 1, kMessages);
    ExpectAllAccountedFor(crew, 2, kMessages);

    crew.RunLeg(1);
    for (const size_t worker : {0u, 1u, 2u}) {
      EXPECT_EQ(crew.page(worker).messages, 1);
      EXPECT_EQ(crew.page(worker).lost, 0);
    }
    crew.Quit();
  }
}

TEST_F(LegLossTest, APipelineWhoseRelayStoodStillPassesOnTheNewestAndEnds) {
  for (const auto wait : {v1::MeasureSpec::BLOCK, v1::MeasureSpec::SPIN}) {
    TestCrew crew(zygote_, DroppingOldest(v1::Pattern::PIPELINE, wait));
    ASSERT_TRUE(crew.Connect());
    constexpr int64_t kMessages = 10'000;
    internal::Leg leg;
    leg.set_messages(kMessages);
    Stop(crew, 1);
    crew.StartLeg(leg);
    while (crew.page(0).messages < kMessages) Nap();
    ::kill(crew.pid(1), SIGCONT);
    crew.AwaitLeg();
    EXPECT_EQ(crew.page(1).messages, 32);
    ExpectAllAccountedFor(crew, 1, kMessages);
    ExpectAllAccountedFor(crew, 2, kMessages);
    crew.RunLeg(1);
    EXPECT_EQ(crew.page(2).messages, 1);
    crew.Quit();
  }
}

// The echo that is awaited is never the one that is dropped, however late it comes.
TEST_F(LegLossTest, RoundTripsOverARingThatDropsTheOldestLoseNothing) {
  TestCrew::Plan plan = DroppingOldest(v1::Pattern::ROUND_TRIP, v1::MeasureSpec::SPIN);
  plan.receivers = 1;
  TestCrew crew(zygote_, plan);
  ASSERT_TRUE(crew.Connect());
  Stop(crew, 1);
  internal::Leg leg;
  leg.set_messages(1000);
  crew.StartLeg(leg);
  while (CpuTimeOf(crew.pid(0)) < 2 * kLossyPatience) Nap();
  ::kill(crew.pid(1), SIGCONT);
  crew.AwaitLeg();
  EXPECT_EQ(crew.page(0).messages, 1000);
  EXPECT_EQ(crew.page(0).lost, 0);
}

TEST_F(LegLossTest, AStreamByDurationEndsAndAccountsForWhatWasSent) {
  TestCrew crew(
      zygote_,
      {.mechanism = "udp", .pattern = v1::Pattern::STREAM, .message_bytes = 1, .same_cpu = true});
  ASSERT_TRUE(crew.Connect());
  internal::Leg leg;
  leg.set_duration_nanos(50'000'000);
  leg.set_warm_up(100);
  for (int i = 0; i < 3; ++i) {
    crew.RunLeg(leg);
    ExpectAllAccountedFor(crew, 1, crew.page(0).messages);
  }
}

}  // namespace
}  // namespace ipclab
