// Legs of real workers over UDP with an end that stands still for a while: what overflows is
// counted as lost, and every leg ends.

#include <signal.h>

#include <thread>

#include "gtest/gtest.h"
#include "tests/support/test_crew.h"
#include "tests/support/test_zygote.h"

namespace ipclab {
namespace {

class LegLossTest : public testing::Test {
 protected:
  void ExpectAllAccountedFor(TestCrew& crew, size_t worker, int64_t messages) {
    const WorkerPage& page = crew.page(worker);
    EXPECT_EQ(page.messages + page.lost, messages) << "worker " << worker;
    EXPECT_EQ(page.duplicated + page.reordered + page.corrupted, 0) << "worker " << worker;
  }

  TestZygote zygote_{IPCLAB_WORKER};
};

TEST_F(LegLossTest, AReceiverThatStoodStillAccountsForEveryMessageThoughTheLastWasLost) {
  for (const int64_t bytes : {1, 1000}) {
    TestCrew crew(zygote_, {.mechanism = "udp",
                            .pattern = v1::Pattern::STREAM,
                            .message_bytes = bytes,
                            .verify_payload = true});
    ASSERT_TRUE(crew.Connect());
    constexpr int64_t kMessages = 10'000;  // far more than its buffer holds
    ::kill(crew.pid(1), SIGSTOP);
    EXPECT_EQ(zygote_.Await().message.stopped().index(), 1);
    internal::Leg leg;
    leg.set_messages(kMessages);
    crew.StartLeg(leg);
    while (crew.control_page().at_work > 1) std::this_thread::yield();  // the sender is through
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
  ::kill(crew.pid(1), SIGSTOP);
  EXPECT_EQ(zygote_.Await().message.stopped().index(), 1);
  crew.StartLeg(leg);
  while (crew.page(0).lost < 3) std::this_thread::yield();
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
  ::kill(crew.pid(1), SIGSTOP);
  EXPECT_EQ(zygote_.Await().message.stopped().index(), 1);
  crew.StartLeg(leg);
  while (crew.page(0).lost < 2) std::this_thread::yield();
  crew.control_page().stop = 1;
  while (crew.control_page().at_work > 1) std::this_thread::yield();
  ::kill(crew.pid(1), SIGCONT);
  crew.AwaitLeg();
  EXPECT_EQ(crew.page(0).messages, 0);
  EXPECT_EQ(crew.page(0).lost, crew.page(1).messages + crew.page(1).lost);
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
