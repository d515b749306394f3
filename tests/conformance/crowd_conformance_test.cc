// What every mechanism must do between more than two worker processes, in each pattern for several
// that it lists: everything arrives where it is to, whole and once, and is counted exactly.

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "server/crew_shape.h"
#include "tests/conformance/every_mechanism.h"
#include "tests/support/nap.h"
#include "tests/support/test_crew.h"
#include "tests/support/test_zygote.h"

namespace ipclab {
namespace {

using v1::Pattern;
using Wait = v1::MeasureSpec::Wait;

std::vector<Pattern::Kind> CrowdPatternsOf(const Mechanism& mechanism) {
  return PatternsOf(mechanism,
                    {Pattern::FAN_IN, Pattern::FAN_OUT, Pattern::PIPELINE, Pattern::BROADCAST});
}

auto EveryMechanismOfACrowd() {
  std::vector<const Mechanism*> found;
  std::ranges::copy_if(AllMechanisms(), std::back_inserter(found), [](const Mechanism* mechanism) {
    return !CrowdPatternsOf(*mechanism).empty();
  });
  return testing::ValuesIn(found);
}

constexpr int kMany = 3;
constexpr int kStages = 4;

class CrowdConformanceTest : public EveryMechanismTest {
 protected:
  std::vector<Pattern::Kind> Patterns() const { return CrowdPatternsOf(mechanism_); }

  bool IsShared(Pattern::Kind pattern) const { return SharesObject(pattern, record_.mechanism()); }

  TestCrew::Plan Plan(Pattern::Kind pattern, int64_t bytes) const {
    TestCrew::Plan plan = {.mechanism = std::string(mechanism_.id),
                           .pattern = pattern,
                           .message_bytes = bytes,
                           .verify_payload = true};
    if (pattern == Pattern::FAN_IN) plan.senders = kMany;
    if (pattern == Pattern::FAN_OUT || pattern == Pattern::BROADCAST) plan.receivers = kMany;
    if (pattern == Pattern::PIPELINE) plan.workers = kStages;
    return plan;
  }

  int64_t SmallestMessage(Pattern::Kind pattern) const { return IsShared(pattern) ? 8 : 1; }
  int64_t LargestMessageIn(Pattern::Kind pattern) const {
    const int64_t shared = record_.mechanism().max_shared_message_bytes();
    return IsShared(pattern) && shared > 0 ? shared : LargestMessage();
  }

  // One link for each pair that the plan may have, and to spare.
  static int LinksOf(const TestCrew::Plan& plan) {
    return std::max(plan.senders * plan.receivers, plan.workers - 1);
  }

  static bool Receives(const TestCrew::Plan& plan, size_t worker) {
    const int sending = plan.pattern == Pattern::PIPELINE ? plan.workers - 1 : plan.senders;
    return static_cast<int>(worker) >= sending;
  }

  // All that the receivers got, and what every worker of a leg of so many messages must have
  // counted. -1: nobody says how many messages each sender was to send.
  void ExpectAll(TestCrew& crew, const TestCrew::Plan& plan, int64_t messages) {
    int64_t sent = 0;
    int64_t arrived = 0;
    for (size_t worker = 0; worker < crew.size(); ++worker) {
      SCOPED_TRACE("worker " + std::to_string(worker));
      const WorkerPage& page = crew.page(worker);
      const int64_t all = page.messages + page.lost;
      EXPECT_EQ(page.bytes, page.messages * plan.message_bytes);
      EXPECT_EQ(page.duplicated + page.reordered + page.corrupted, 0);
      if (!MayLose(plan.options)) {
        EXPECT_EQ(page.lost, 0);
      }
      if (Receives(plan, worker)) {
        arrived += all;
      } else if (plan.pattern != Pattern::PIPELINE || worker == 0) {
        sent += all;
      }
      // What each gets of one object is chance, and of several receivers the sender counts each.
      const bool deals = plan.pattern == Pattern::FAN_OUT && worker == 0;
      const bool collects = plan.pattern == Pattern::FAN_IN && Receives(plan, worker);
      const bool takes_from_one =
          IsShared(plan.pattern) && plan.pattern != Pattern::BROADCAST && Receives(plan, worker);
      if (messages >= 0 && !deals && !collects && !takes_from_one) {
        EXPECT_EQ(all, messages);
      }
    }
    const int copies = plan.pattern == Pattern::BROADCAST ? plan.receivers : 1;
    EXPECT_EQ(arrived, sent * copies);
    if (messages < 0) return;
    EXPECT_EQ(arrived, messages * plan.senders * plan.receivers);
  }

  // Runs legs of so many messages, one after the other, on one crew.
  void Carry(const TestCrew::Plan& wanted, const std::vector<int64_t>& legs) {
    SCOPED_TRACE(Pattern::Kind_Name(wanted.pattern));
    TestCrew::Plan plan = wanted;
    LinkNames names(mechanism_, LinksOf(plan));
    plan.names = names.names();
    TestCrew crew(zygote_, plan);
    ASSERT_TRUE(crew.Connect());
    for (const int64_t messages : legs) {
      crew.RunLeg(messages, /*warm_up=*/5);
      ExpectAll(crew, plan, messages);
      if (HasFailure()) return;
    }
    for (const internal::Ended& ended : crew.Quit()) EXPECT_EQ(ended.exit_code(), 0);
  }

  TestZygote zygote_{IPCLAB_WORKER};
};

TEST_P(CrowdConformanceTest, CarriesTheSmallestMessagesLegAfterLeg) {
  for (const auto pattern : Patterns()) {
    Carry(Plan(pattern, SmallestMessage(pattern)), {400, 1, 1, 150});
  }
}

TEST_P(CrowdConformanceTest, CarriesTheLargestMessages) {
  for (const auto pattern : Patterns()) Carry(Plan(pattern, LargestMessageIn(pattern)), {7});
}

TEST_P(CrowdConformanceTest, Carries3000MessagesWithTheirContents) {
  for (const auto pattern : Patterns()) Carry(Plan(pattern, 200), {3000});
}

// Few: where a kernel thread of every end spins, the workers wait for it by time slices.
TEST_P(CrowdConformanceTest, CarriesWithEachChoiceOfItsOptions) {
  for (const auto pattern : Patterns()) {
    for (const Choices& choices : EachChoice(record_.mechanism())) {
      SCOPED_TRACE(Words(choices));
      TestCrew::Plan plan = Plan(pattern, 200);
      plan.options = choices;
      LinkNames names(mechanism_);
      ChannelSpec spec = SpecOf(record_.mechanism(), names, choices);
      spec.message_bytes = plan.message_bytes;
      spec.sends = true;
      spec.senders = IsShared(pattern) ? plan.senders : 1;
      spec.receivers = IsShared(pattern) ? plan.receivers : 1;
      if (IsRefused(spec, names)) continue;
      Carry(plan, {30, 1});
    }
  }
}

// Where spinning keeps the others from their CPU: turns of a time slice each would take minutes.
TEST_P(CrowdConformanceTest, CarriesMessagesUnderEveryWaitOnOneCpuAndSeveral) {
  for (const auto pattern : Patterns()) {
    for (const Wait wait : {v1::MeasureSpec::SPIN, v1::MeasureSpec::SPIN_THEN_BLOCK}) {
      for (const bool same_cpu : {false, true}) {
        SCOPED_TRACE(v1::MeasureSpec::Wait_Name(wait) + (same_cpu ? " on one CPU" : ""));
        TestCrew::Plan plan = Plan(pattern, 64);
        plan.wait = wait;
        plan.same_cpu = same_cpu;
        Carry(plan, {300, 1});
      }
    }
  }
}

TEST_P(CrowdConformanceTest, SeveralReceiversOfOneObjectTakeAllThatSeveralSendersSend) {
  if (!IsShared(Pattern::FAN_IN)) GTEST_SKIP() << "an object of it has two ends";
  TestCrew::Plan plan = Plan(Pattern::FAN_IN, 64);
  plan.receivers = 2;
  LinkNames names(mechanism_, 1);
  plan.names = names.names();
  TestCrew crew(zygote_, plan);
  ASSERT_TRUE(crew.Connect());
  for (const int64_t messages : {1000, 1, 1, 200}) {
    crew.RunLeg(messages, /*warm_up=*/3);
    EXPECT_EQ(crew.page(kMany).messages + crew.page(kMany + 1).messages, kMany * messages);
    EXPECT_EQ(crew.control_page().sent, kMany * messages);
    EXPECT_EQ(crew.control_page().received, kMany * messages);
    EXPECT_EQ(crew.page(kMany).lost + crew.page(kMany + 1).lost, 0);
    EXPECT_EQ(crew.page(kMany).reordered + crew.page(kMany + 1).reordered, 0);
  }
}

TEST_P(CrowdConformanceTest, StopEndsALegForAllAndTheNextOneIsWhole) {
  for (const auto pattern : Patterns()) {
    SCOPED_TRACE(Pattern::Kind_Name(pattern));
    TestCrew::Plan plan = Plan(pattern, 64);
    LinkNames names(mechanism_, LinksOf(plan));
    plan.names = names.names();
    TestCrew crew(zygote_, plan);
    ASSERT_TRUE(crew.Connect());
    internal::Leg leg;
    leg.set_messages(int64_t{1} << 60);
    crew.StartLeg(leg);
    while (crew.page(crew.size() - 1).messages < 100) Nap();
    crew.control_page().stop = 1;
    crew.AwaitLeg();
    ExpectAll(crew, plan, -1);
    crew.RunLeg(20);
    ExpectAll(crew, plan, 20);
    crew.Quit();
  }
}

INSTANTIATE_TEST_SUITE_P(Each, CrowdConformanceTest, EveryMechanismOfACrowd(), MechanismName);

}  // namespace
}  // namespace ipclab
