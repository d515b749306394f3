// What every mechanism must do between real worker processes.

#include <signal.h>

#include <vector>

#include "gtest/gtest.h"
#include "tests/conformance/every_mechanism.h"
#include "tests/support/nap.h"
#include "tests/support/process_state.h"
#include "tests/support/test_crew.h"
#include "tests/support/test_zygote.h"

namespace ipclab {
namespace {

class ProcessConformanceTest : public EveryMechanismTest {
 protected:
  TestCrew::Plan Plan(v1::Pattern::Kind pattern, int64_t bytes) {
    return {.mechanism = std::string(mechanism_.id),
            .pattern = pattern,
            .message_bytes = bytes,
            .verify_payload = true,
            .names = names_.names()};
  }

  std::vector<v1::Pattern::Kind> Patterns() const {
    return PatternsOf(mechanism_, {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM});
  }

  void Carry(v1::Pattern::Kind pattern, int64_t bytes, int64_t messages) {
    Carry(Plan(pattern, bytes), messages);
  }

  // Runs so many messages and expects every one of them whole, once, in order.
  void Carry(const TestCrew::Plan& plan, int64_t messages) {
    TestCrew crew(zygote_, plan);
    ASSERT_TRUE(crew.Connect());
    crew.RunLeg(messages, /*warm_up=*/5);
    for (size_t worker = 0; worker < crew.size(); ++worker) {
      const WorkerPage& page = crew.page(worker);
      EXPECT_EQ(page.messages + page.lost, messages);
      EXPECT_EQ(page.bytes, page.messages * plan.message_bytes);
      if (!MayLose(plan.options)) {
        EXPECT_EQ(page.lost, 0);
      }
      EXPECT_EQ(page.duplicated + page.reordered + page.corrupted, 0);
    }
    for (const internal::Ended& ended : crew.Quit()) EXPECT_EQ(ended.exit_code(), 0);
    names_.Reclaim();
  }

  LinkNames names_{mechanism_};
  TestZygote zygote_{IPCLAB_WORKER};
};

TEST_P(ProcessConformanceTest, CarriesMessagesOfOneByte) {
  for (const auto pattern : Patterns()) Carry(pattern, 1, 500);
}

TEST_P(ProcessConformanceTest, CarriesTheLargestMessages) {
  for (const auto pattern : Patterns()) Carry(pattern, LargestMessage(), 10);
}

TEST_P(ProcessConformanceTest, CarriesManyMessagesInOrderWithTheirContents) {
  for (const auto pattern : Patterns()) Carry(pattern, 200, kManyMessages);
}

TEST_P(ProcessConformanceTest, CarriesWithEachChoiceOfItsOptions) {
  for (const auto pattern : Patterns()) {
    for (const Choices& choices : EachChoice(record_.mechanism())) {
      SCOPED_TRACE(v1::Pattern::Kind_Name(pattern) + " " + Words(choices));
      TestCrew::Plan plan = Plan(pattern, 200);
      plan.options = choices;
      ChannelSpec spec = SpecOf(record_.mechanism(), names_, choices);
      spec.message_bytes = plan.message_bytes;
      spec.duplex = pattern == v1::Pattern::ROUND_TRIP;
      spec.sends = true;
      if (IsRefused(spec, names_)) continue;
      Carry(plan, 300);
    }
  }
}

// Where nothing tells the other one, it is the lab's part to end it; see the end-to-end tests.
TEST_P(ProcessConformanceTest, WhicheverEndDiesTheOtherOneEndsWithANamedError) {
  if (mechanism_.facts.peer_loss != v1::Mechanism::NOTICED) {
    GTEST_SKIP() << "nothing tells of a death";
  }
  for (const auto pattern : Patterns()) {
    for (const size_t victim : {0u, 1u}) {
      TestCrew crew(zygote_, Plan(pattern, 200));
      ASSERT_TRUE(crew.Connect());
      internal::Leg leg;
      leg.set_messages(int64_t{1} << 60);
      crew.StartLeg(leg);
      while (crew.page(1).messages < 100) Nap();
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

TEST_P(ProcessConformanceTest, NothingIsLeftOfKilledWorkersOnceTheirNamesAreReclaimed) {
  TestCrew crew(zygote_, Plan(Patterns().front(), 200));
  ASSERT_TRUE(crew.Connect());
  for (size_t worker = 0; worker < crew.size(); ++worker) ::kill(crew.pid(worker), SIGKILL);
  crew.AwaitEnds();
  names_.Reclaim();
  EXPECT_EQ(names_.Reclaim(), 0);
  EXPECT_TRUE(Workers(zygote_.pid()).empty());
  for (const internal::IpcName& name : names_.names()) {
    EXPECT_FALSE(SharedMemoryObjects().contains(name.name().substr(1)));
  }
}

INSTANTIATE_TEST_SUITE_P(Each, ProcessConformanceTest, EveryMechanism(), MechanismName);

}  // namespace
}  // namespace ipclab
