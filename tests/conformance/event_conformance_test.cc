// What every mechanism that wakes or notifies must do between real workers.

#include <signal.h>

#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "tests/conformance/every_event.h"
#include "tests/support/nap.h"
#include "tests/support/test_crew.h"
#include "tests/support/test_zygote.h"

namespace ipclab {
namespace {

using v1::MeasureSpec;
using v1::Pattern;

class EventCrewTest : public EveryMechanismTest {
 protected:
  TestCrew::Plan Plan(Pattern::Kind pattern) {
    return {.mechanism = std::string(mechanism_.id),
            .pattern = pattern,
            .message_bytes = 0,
            .names = names_.names()};
  }

  static void ExpectAllAccountedFor(TestCrew& crew, Pattern::Kind pattern, int64_t rounds) {
    const WorkerPage& first = crew.page(0);
    const WorkerPage& second = crew.page(1);
    EXPECT_EQ(first.messages, rounds);
    EXPECT_EQ(second.messages + second.coalesced, rounds) << second.coalesced << " coalesced";
    EXPECT_GE(second.coalesced, 0);
    if (pattern == Pattern::HAND_OFF) {
      EXPECT_EQ(second.messages, rounds);
    }
    const bool turns = pattern == Pattern::HAND_OFF;
    EXPECT_EQ((turns ? first.round_trip : first.send_call).Snapshot().count, rounds);
  }

  // Legs one after the other: what is left of one would be found in the next.
  void Carry(const TestCrew::Plan& plan, int64_t rounds) {
    SCOPED_TRACE(Pattern::Kind_Name(plan.pattern) + (plan.same_cpu ? " on one CPU" : ""));
    TestCrew crew(zygote_, plan);
    ASSERT_TRUE(crew.Connect());
    crew.RunLeg(rounds);
    ExpectAllAccountedFor(crew, plan.pattern, rounds);
    for (const int64_t few : {1, 2, 30}) {
      crew.RunLeg(few, /*warm_up=*/10 * few);
      ExpectAllAccountedFor(crew, plan.pattern, few);
    }
    crew.RunLeg(1);
    ExpectAllAccountedFor(crew, plan.pattern, 1);
    for (const internal::Ended& ended : crew.Quit()) EXPECT_EQ(ended.exit_code(), 0);
    names_.Reclaim();
  }

  LinkNames names_{mechanism_};
  TestZygote zygote_{IPCLAB_WORKER};
};

TEST_P(EventCrewTest, CarriesManyRoundsAndAccountsForAll) {
  for (const auto pattern : EventPatternsOf(mechanism_)) Carry(Plan(pattern), kManyMessages);
}

TEST_P(EventCrewTest, CarriesWithEveryChoiceOfItsOptions) {
  for (const auto pattern : EventPatternsOf(mechanism_)) {
    for (const Choices& choices : ChoicesForEvents(mechanism_, record_.mechanism(), names_)) {
      SCOPED_TRACE(Words(choices));
      TestCrew::Plan plan = Plan(pattern);
      plan.options = choices;
      Carry(plan, 500);
    }
  }
}

TEST_P(EventCrewTest, AnOpenLoopIsAccountedForToo) {
  for (const auto pattern : EventPatternsOf(mechanism_)) {
    TestCrew::Plan plan = Plan(pattern);
    plan.load.emplace();
    plan.load->set_per_second(20'000);
    plan.load->set_arrivals(v1::Load::FIXED);
    Carry(plan, 300);
  }
}

TEST_P(EventCrewTest, ALegIsStoppedAtAnyMomentAndTheNextOneBeginsClean) {
  for (const auto pattern : EventPatternsOf(mechanism_)) {
    SCOPED_TRACE(Pattern::Kind_Name(pattern));
    TestCrew crew(zygote_, Plan(pattern));
    ASSERT_TRUE(crew.Connect());
    internal::Leg leg;
    leg.set_warm_up(20);
    leg.set_messages(int64_t{1} << 60);
    for (uint64_t moment = 1; moment <= 1000; moment *= 10) {
      const uint64_t before = crew.page(0).progress;
      crew.StartLeg(leg);
      while (crew.page(0).progress - before < moment) Nap();
      crew.control_page().stop = 1;
      crew.AwaitLeg();
      ExpectAllAccountedFor(crew, pattern, crew.page(0).messages);
    }
    crew.RunLeg(100, /*warm_up=*/5);
    ExpectAllAccountedFor(crew, pattern, 100);
    crew.Quit();
    names_.Reclaim();
  }
}

// Where nothing tells the other one, it is the lab's part to end it; see the end-to-end tests.
TEST_P(EventCrewTest, WhicheverEndDiesTheOtherOneEndsWithANamedError) {
  if (mechanism_.facts.peer_loss != v1::Mechanism::NOTICED) {
    GTEST_SKIP() << "nothing tells of a death";
  }
  for (const auto pattern : EventPatternsOf(mechanism_)) {
    for (const size_t victim : {0u, 1u}) {
      TestCrew crew(zygote_, Plan(pattern));
      ASSERT_TRUE(crew.Connect());
      internal::Leg leg;
      leg.set_messages(int64_t{1} << 60);
      crew.StartLeg(leg);
      while (crew.page(1).messages < 10) Nap();
      ::kill(crew.pid(victim), SIGKILL);
      const internal::FromWorker other = crew.Await(1 - victim);
      EXPECT_EQ(other.failed().kind(), internal::Failed::PEER_CLOSED) << other.ShortDebugString();
      EXPECT_NE(other.failed().message().find(std::string(mechanism_.id)), std::string::npos);
      const auto ends = crew.AwaitEnds();
      EXPECT_EQ(ends[victim].signal(), SIGKILL);
      EXPECT_EQ(ends[1 - victim].exit_code(), 1);
      names_.Reclaim();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Each, EventCrewTest, EveryEvent(), MechanismName);

class EventWaitTest
    : public testing::TestWithParam<std::tuple<const Mechanism*, MeasureSpec::Wait>> {
 protected:
  void SetUp() override {
    const std::string reason = ReasonToSkip(Describe(mechanism_).mechanism());
    if (!reason.empty()) GTEST_SKIP() << reason;
    if (mechanism_.facts.only_blocks && wait_ != MeasureSpec::BLOCK) {
      GTEST_SKIP() << "it has no form that tries without waiting";
    }
  }

  const Mechanism& mechanism_ = *std::get<0>(GetParam());
  const MeasureSpec::Wait wait_ = std::get<1>(GetParam());
  LinkNames names_{mechanism_};
  TestZygote zygote_{IPCLAB_WORKER};
};

TEST_P(EventWaitTest, Carries1000RoundsAcrossCpusAndOnOne) {
  constexpr int64_t kRounds = 1000;
  for (const auto pattern : EventPatternsOf(mechanism_)) {
    for (const bool same_cpu : {false, true}) {
      SCOPED_TRACE(Pattern::Kind_Name(pattern) + (same_cpu ? " on one CPU" : ""));
      TestCrew crew(zygote_, {.mechanism = std::string(mechanism_.id),
                              .pattern = pattern,
                              .message_bytes = 0,
                              .same_cpu = same_cpu,
                              .names = names_.names(),
                              .wait = wait_});
      ASSERT_TRUE(crew.Connect());
      crew.RunLeg(kRounds, /*warm_up=*/5);
      EXPECT_EQ(crew.page(0).messages, kRounds);
      EXPECT_EQ(crew.page(1).messages + crew.page(1).coalesced, kRounds);
      for (const internal::Ended& ended : crew.Quit()) EXPECT_EQ(ended.exit_code(), 0);
      names_.Reclaim();
    }
  }
}

std::string WaitName(const testing::TestParamInfo<EventWaitTest::ParamType>& test) {
  return std::string(std::get<0>(test.param)->id) + "_" +
         MeasureSpec::Wait_Name(std::get<1>(test.param));
}

INSTANTIATE_TEST_SUITE_P(Each, EventWaitTest,
                         testing::Combine(EveryEvent(),
                                          testing::Values(MeasureSpec::BLOCK, MeasureSpec::SPIN,
                                                          MeasureSpec::SPIN_THEN_BLOCK)),
                         WaitName);

}  // namespace
}  // namespace ipclab
