// A leg that is counted does over every mechanism, in every pattern, what any leg does, and tells
// what that costs or why it does not.

#include <array>
#include <string>

#include "gtest/gtest.h"
#include "tests/conformance/every_mechanism.h"
#include "tests/support/test_crew.h"
#include "tests/support/test_zygote.h"

namespace ipclab {
namespace {

using v1::Pattern;

internal::Leg CensusOf(int64_t messages) {
  internal::Leg leg;
  leg.set_messages(messages);
  leg.set_census(true);
  return leg;
}

// A count and the reason for none: one of them.
void ExpectEither(int64_t count, const std::array<char, 128>& reason) {
  const std::string absent(reason.data());
  EXPECT_EQ(count == -1, !absent.empty()) << count << " " << absent;
  EXPECT_GE(count, -1);
}

class CensusConformanceTest : public EveryMechanismTest {
 protected:
  TestCrew::Plan PlanOf(Pattern::Kind pattern, const Choices& choices) const {
    TestCrew::Plan plan = {.mechanism = std::string(mechanism_.id), .pattern = pattern};
    plan.options = choices;
    if (pattern == Pattern::FAN_IN) plan.senders = 2;
    if (pattern == Pattern::FAN_OUT || pattern == Pattern::BROADCAST) plan.receivers = 2;
    if (pattern == Pattern::PIPELINE) plan.workers = 3;
    return plan;
  }

  // A leg that is counted, and one that is not, of one crew.
  void Count(TestCrew::Plan plan) {
    SCOPED_TRACE(Pattern::Kind_Name(plan.pattern) + " " + Words(plan.options));
    LinkNames names(mechanism_, /*links=*/3);
    plan.names = names.names();
    TestCrew crew(zygote_, plan);
    ASSERT_TRUE(crew.Connect());
    crew.RunLeg(CensusOf(kMessages));
    int64_t all = 0;
    for (size_t worker = 0; worker < crew.size(); ++worker) {
      const WorkerPage& page = crew.page(worker);
      ExpectEither(page.system_calls, page.system_calls_absent);
      ExpectEither(page.instructions, page.hardware_absent);
      ExpectEither(page.cycles, page.hardware_absent);
      all += page.messages;
    }
    EXPECT_GE(all, kMessages);
    crew.RunLeg(kMessages);
    for (const internal::Ended& ended : crew.Quit()) EXPECT_EQ(ended.exit_code(), 0);
  }

  // False of what a mechanism does not do in this pattern, or this host does not allow.
  bool IsPossible(Pattern::Kind pattern, const Choices& choices) const {
    LinkNames names(mechanism_);
    ChannelSpec spec = SpecOf(record_.mechanism(), names, choices);
    spec.message_bytes = pattern == Pattern::HAND_OFF || pattern == Pattern::NOTIFY ? 0 : 64;
    spec.duplex = spec.sends = true;
    return pattern == Pattern::CONTENTION || mechanism_.host(spec).ok();
  }

  static constexpr int64_t kMessages = 100;

  TestZygote zygote_{IPCLAB_WORKER};
};

TEST_P(CensusConformanceTest, EveryPatternIsCountedAndGoesOn) {
  for (const Pattern::Kind pattern : mechanism_.patterns) {
    Count(PlanOf(pattern, {}));
    if (HasFatalFailure()) return;
  }
}

TEST_P(CensusConformanceTest, EachChoiceOfItsOptionsIsCountedAndGoesOn) {
  const Pattern::Kind pattern = mechanism_.patterns.front();
  for (const Choices& choices : EachChoice(record_.mechanism())) {
    if (IsPossible(pattern, choices)) Count(PlanOf(pattern, choices));
  }
}

TEST_P(CensusConformanceTest, WhoSpinsIsCountedAndGoesOn) {
  if (mechanism_.facts.only_blocks) GTEST_SKIP() << "it cannot spin";
  for (const Pattern::Kind pattern : mechanism_.patterns) {
    TestCrew::Plan plan = PlanOf(pattern, {});
    plan.wait = v1::MeasureSpec::SPIN;
    Count(plan);
  }
}

auto AllOfThem() { return testing::ValuesIn(AllMechanisms()); }
INSTANTIATE_TEST_SUITE_P(Each, CensusConformanceTest, AllOfThem(), MechanismName);

// Known of these: how many system calls a message takes at each end.
struct Known {
  std::string mechanism;
  Pattern::Kind pattern;
  int64_t calls;
  v1::MeasureSpec::Wait wait = v1::MeasureSpec::BLOCK;
  Choices options = {};
};

class KnownCensusTest : public testing::TestWithParam<Known> {};

TEST_P(KnownCensusTest, EachEndMakesAsManySystemCallsAsItIsKnownTo) {
  const Known& known = GetParam();
  TestZygote zygote(IPCLAB_WORKER);
  LinkNames names(*FindMechanism(AllMechanisms(), known.mechanism));
  TestCrew crew(zygote, {.mechanism = known.mechanism,
                         .pattern = known.pattern,
                         .names = names.names(),
                         .wait = known.wait,
                         .options = known.options});
  ASSERT_TRUE(crew.Connect());
  constexpr int64_t kMessages = 500;
  crew.RunLeg(CensusOf(kMessages));
  for (size_t worker = 0; worker < crew.size(); ++worker) {
    const WorkerPage& page = crew.page(worker);
    if (page.system_calls == -1) GTEST_SKIP() << page.system_calls_absent.data();
    EXPECT_EQ(page.system_calls, known.calls * kMessages) << "worker " << worker;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Some, KnownCensusTest,
    testing::Values(
        Known{"null", Pattern::ROUND_TRIP, 0}, Known{"pipe", Pattern::ROUND_TRIP, 2},
        Known{"pipe", Pattern::STREAM, 1}, Known{"unix_stream", Pattern::ROUND_TRIP, 2},
        Known{"eventfd", Pattern::HAND_OFF, 2}, Known{"posix_mq", Pattern::ROUND_TRIP, 2},
        Known{"signal", Pattern::HAND_OFF, 2},
        // The way back from the handler is one, too.
        Known{"signal", Pattern::HAND_OFF, 3, v1::MeasureSpec::BLOCK, {{"take", "handler"}}}),
    [](const auto& test) {
      const Known& known = test.param;
      return known.mechanism + "_" + Pattern::Kind_Name(known.pattern) +
             (known.options.empty() ? "" : "_" + known.options.begin()->second);
    });

}  // namespace
}  // namespace ipclab
