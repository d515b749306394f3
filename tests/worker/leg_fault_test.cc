// Legs over mechanisms that misbehave: everything is counted, and every failure has its name.

#include <signal.h>

#include <chrono>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/nap.h"
#include "tests/support/test_crew.h"
#include "tests/support/test_zygote.h"

namespace ipclab {
namespace {

using testing::HasSubstr;

class LegFaultTest : public testing::Test {
 protected:
  TestCrew::Plan Stream(const std::string& mechanism) {
    return {.mechanism = mechanism, .pattern = v1::Pattern::STREAM, .verify_payload = true};
  }

  TestZygote zygote_{IPCLAB_SCRIPTED_WORKER};
};

TEST_F(LegFaultTest, LostMessagesAreCountedAsLost) {
  TestCrew crew(zygote_, Stream("drops"));
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(105);
  EXPECT_EQ(crew.page(1).messages, 95);
  EXPECT_EQ(crew.page(1).lost, 10);
  EXPECT_EQ(crew.page(1).corrupted, 0);
}

TEST_F(LegFaultTest, WarmUpIsNoExcuseForLosses) {
  TestCrew crew(zygote_, Stream("drops"));
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(5, /*warm_up=*/100);
  EXPECT_EQ(crew.page(1).messages, 5);
  EXPECT_EQ(crew.page(1).lost, 10);
}

TEST_F(LegFaultTest, DuplicatesAreCountedButNotAsMessages) {
  TestCrew crew(zygote_, Stream("duplicates"));
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(105);
  EXPECT_EQ(crew.page(1).messages, 105);
  EXPECT_EQ(crew.page(1).duplicated, 10);
  EXPECT_EQ(crew.page(1).lost, 0);
}

TEST_F(LegFaultTest, ADuplicateOfTheLastMessageDoesNotEndTheNextLeg) {
  TestCrew crew(zygote_, Stream("duplicates"));
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(10);  // The tenth is the last, and comes twice.
  EXPECT_EQ(crew.page(1).messages, 10);
  crew.RunLeg(5);
  EXPECT_EQ(crew.page(1).messages, 5);
  EXPECT_EQ(crew.page(1).duplicated, 1);
}

TEST_F(LegFaultTest, ADuplicatedEchoIsNotTakenForTheNextOne) {
  TestCrew crew(zygote_, {.mechanism = "duplicates", .verify_payload = true});
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(95);
  EXPECT_EQ(crew.page(0).messages, 95);
  EXPECT_GE(crew.page(0).duplicated, 9);
  EXPECT_EQ(crew.page(0).lost, 0);
  EXPECT_EQ(crew.page(0).corrupted, 0);
}

TEST_F(LegFaultTest, SwappedMessagesAreCountedAsReorderedAndNotAsLost) {
  TestCrew crew(zygote_, Stream("swaps"));
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(105);
  EXPECT_EQ(crew.page(1).messages, 105);
  EXPECT_EQ(crew.page(1).reordered, 10);
  EXPECT_EQ(crew.page(1).lost, 0);
}

TEST_F(LegFaultTest, ShortSequenceNumbersTellTheSame) {
  for (const std::string mechanism : {"drops", "duplicates", "swaps"}) {
    TestCrew::Plan plan = Stream(mechanism);
    plan.message_bytes = 1;
    TestCrew crew(zygote_, plan);
    ASSERT_TRUE(crew.Connect());
    crew.RunLeg(1005);
    EXPECT_EQ(crew.page(1).lost, mechanism == "drops" ? 100 : 0);
    EXPECT_EQ(crew.page(1).duplicated, mechanism == "duplicates" ? 100 : 0);
    EXPECT_EQ(crew.page(1).reordered, mechanism == "swaps" ? 100 : 0);
    crew.Quit();
  }
}

TEST_F(LegFaultTest, WrongContentsAreCountedAtBothEndsOfARoundTrip) {
  TestCrew crew(zygote_, {.mechanism = "corrupts", .verify_payload = true});
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(95);
  EXPECT_EQ(crew.page(1).corrupted, 9);
  // Each end changes its own tenth message: the echo of a changed one is changed back.
  EXPECT_EQ(crew.page(0).corrupted, 0);
  EXPECT_EQ(crew.page(0).messages, 95);
}

TEST_F(LegFaultTest, ContentsAreNotLookedAtUnlessAsked) {
  TestCrew crew(zygote_, {.mechanism = "corrupts"});
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(95);
  EXPECT_EQ(crew.page(1).corrupted, 0);
}

TEST_F(LegFaultTest, AFailingCallEndsTheWorkerWithTheCallAndTheReason) {
  TestCrew crew(zygote_, {.mechanism = "error_in_send"});
  ASSERT_TRUE(crew.Connect());
  internal::Leg leg;
  leg.set_messages(100);
  crew.StartLeg(leg);
  const internal::FromWorker message = crew.Await(0);
  EXPECT_EQ(message.failed().kind(), internal::Failed::ERROR);
  EXPECT_EQ(message.failed().message(), "send on error_in_send: Input/output error");
  EXPECT_EQ(crew.Await(1).failed().kind(), internal::Failed::PEER_CLOSED);
  for (const internal::Ended& ended : crew.AwaitEnds()) EXPECT_EQ(ended.exit_code(), 1);
}

TEST_F(LegFaultTest, AnErrorWhileHostingOrJoiningNamesTheLink) {
  TestCrew hosting(zygote_, {.mechanism = "error_in_host"}, 1);
  EXPECT_THAT(hosting.Await(0).failed().message(), HasSubstr("host link 0 of error_in_host"));
  EXPECT_EQ(zygote_.Await().message.ended().exit_code(), 1);
  TestCrew joining(zygote_, {.mechanism = "pipe"}, 2);
  internal::ToWorker join;  // without the descriptors of the offer
  join.mutable_join();
  EXPECT_TRUE(joining.Await(1).has_ready());
  joining.Send(1, join);
  EXPECT_THAT(joining.Await(1).failed().message(), HasSubstr("join link 0 of pipe"));
}

TEST_F(LegFaultTest, ALegBeforeTheLinkIsJoinedIsRefused) {
  TestCrew crew(zygote_, {});
  EXPECT_TRUE(crew.Await(1).has_ready());
  internal::ToWorker leg;
  leg.mutable_leg()->set_messages(1);
  crew.Send(1, leg);
  EXPECT_THAT(crew.Await(1).failed().message(), HasSubstr("not connected"));
}

struct Death {
  const char* mechanism;
  size_t worker;  // the one that dies
  int exit_code;
  int signal;
};

class LegDeathTest : public LegFaultTest, public testing::WithParamInterface<Death> {};

TEST_P(LegDeathTest, IsReportedAsItHappenedAndTheOtherSideNamesAClosedPeer) {
  const Death& death = GetParam();
  TestCrew crew(zygote_, {.mechanism = death.mechanism});
  ASSERT_TRUE(crew.Connect());
  internal::Leg leg;
  leg.set_messages(1000);
  crew.StartLeg(leg);
  const auto ends = crew.AwaitEnds();
  EXPECT_EQ(ends[death.worker].exit_code(), death.exit_code);
  EXPECT_EQ(ends[death.worker].signal(), death.signal);
  const internal::FromWorker other = crew.Await(1 - death.worker);
  EXPECT_EQ(other.failed().kind(), internal::Failed::PEER_CLOSED) << other.ShortDebugString();
  EXPECT_THAT(other.failed().message(), HasSubstr("the other end is closed"));
}

INSTANTIATE_TEST_SUITE_P(
    Each, LegDeathTest,
    testing::Values(Death{"exit3_in_send", 0, 3, 0}, Death{"exit3_in_receive", 1, 3, 0},
                    Death{"segv_in_send", 0, 0, SIGSEGV}, Death{"segv_in_receive", 1, 0, SIGSEGV},
                    Death{"kill_in_send", 0, 0, SIGKILL}, Death{"kill_in_receive", 1, 0, SIGKILL}),
    [](const auto& test) { return std::string(test.param.mechanism); });

TEST_F(LegFaultTest, AWorkerThatStopsItselfIsReportedAndGoesOnWhenContinued) {
  TestCrew crew(zygote_, {.mechanism = "stop_in_send"});
  ASSERT_TRUE(crew.Connect());
  internal::Leg leg;
  leg.set_messages(100);
  crew.StartLeg(leg);
  EXPECT_EQ(zygote_.Await().message.stopped().index(), 0);
  ::kill(crew.pid(0), SIGCONT);
  EXPECT_EQ(zygote_.Await().message.stopped().index(), 1);  // its own tenth echo
  ::kill(crew.pid(1), SIGCONT);
  crew.AwaitLeg();
  EXPECT_EQ(crew.page(0).messages, 100);
}

TEST_F(LegFaultTest, AHangShowsInProgressThatStandsStill) {
  TestCrew crew(zygote_, {.mechanism = "hang_in_receive"});
  ASSERT_TRUE(crew.Connect());
  internal::Leg leg;
  leg.set_messages(100);
  crew.StartLeg(leg);
  // Nine echoes, and the two phases before them.
  while (crew.page(1).progress < 11) Nap();
  EXPECT_FALSE(AwaitReadable(crew.control(1).fd(), std::chrono::milliseconds(50)));
  EXPECT_EQ(crew.page(1).progress, 11u);
}

}  // namespace
}  // namespace ipclab
