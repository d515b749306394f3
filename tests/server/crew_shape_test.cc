#include "server/crew_shape.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using internal::CONTENDER;
using internal::INITIATOR;
using internal::RECEIVER;
using internal::RELAY;
using internal::RESPONDER;
using internal::SENDER;
using ::testing::ElementsAre;
using v1::Mechanism;
using v1::Pattern;

// Where only two ends fit to an object, where any number does, and where all get a copy.
v1::Mechanism Sharing(Mechanism::Sharing sharing) {
  v1::Mechanism mechanism;
  mechanism.set_sharing(sharing);
  return mechanism;
}

v1::MeasureSpec Measure(Pattern::Kind pattern, int senders, int receivers, int workers = 0) {
  v1::MeasureSpec measure;
  measure.set_pattern(pattern);
  measure.set_senders(senders);
  measure.set_receivers(receivers);
  measure.set_workers(workers);
  return measure;
}

LinkShape Link(std::vector<int> senders, std::vector<int> receivers, bool duplex = false) {
  return {std::move(senders), std::move(receivers), duplex};
}

TEST(CrewShapeTest, TwoWorkersAnswerWhereMessagesGoBothWays) {
  for (const auto pattern : {Pattern::ROUND_TRIP, Pattern::HAND_OFF}) {
    const CrewShape shape = ShapeOf(Measure(pattern, 1, 1), Sharing(Mechanism::ONE_TO_ONE));
    EXPECT_THAT(shape.roles, ElementsAre(INITIATOR, RESPONDER));
    EXPECT_THAT(shape.links, ElementsAre(Link({0}, {1}, true)));
  }
  for (const auto pattern : {Pattern::STREAM, Pattern::NOTIFY}) {
    const CrewShape shape = ShapeOf(Measure(pattern, 1, 1), Sharing(Mechanism::ONE_TO_ONE));
    EXPECT_THAT(shape.roles, ElementsAre(SENDER, RECEIVER));
    EXPECT_THAT(shape.links, ElementsAre(Link({0}, {1})));
  }
}

TEST(CrewShapeTest, ManySendersHaveALinkEachWhereOnlyTwoShareAnObject) {
  const CrewShape shape = ShapeOf(Measure(Pattern::FAN_IN, 3, 1), Sharing(Mechanism::ONE_TO_ONE));
  EXPECT_THAT(shape.roles, ElementsAre(SENDER, SENDER, SENDER, RECEIVER));
  EXPECT_THAT(shape.links, ElementsAre(Link({0}, {3}), Link({1}, {3}), Link({2}, {3})));
}

TEST(CrewShapeTest, ManySendersAndReceiversShareOneObjectWhereItTakesThem) {
  const CrewShape shape = ShapeOf(Measure(Pattern::FAN_IN, 2, 3), Sharing(Mechanism::MANY_TO_MANY));
  EXPECT_THAT(shape.roles, ElementsAre(SENDER, SENDER, RECEIVER, RECEIVER, RECEIVER));
  EXPECT_THAT(shape.links, ElementsAre(Link({0, 1}, {2, 3, 4})));
  EXPECT_THAT(ShapeOf(Measure(Pattern::FAN_OUT, 1, 2), Sharing(Mechanism::MANY_TO_MANY)).links,
              ElementsAre(Link({0}, {1, 2})));
}

TEST(CrewShapeTest, ABroadcastNeedsAnObjectThatGivesAllACopyOrALinkForEach) {
  const v1::MeasureSpec measure = Measure(Pattern::BROADCAST, 1, 2);
  EXPECT_THAT(ShapeOf(measure, Sharing(Mechanism::ONE_TO_ALL)).links,
              ElementsAre(Link({0}, {1, 2})));
  for (const auto sharing : {Mechanism::MANY_TO_MANY, Mechanism::ONE_TO_ONE}) {
    EXPECT_THAT(ShapeOf(measure, Sharing(sharing)).links,
                ElementsAre(Link({0}, {1}), Link({0}, {2})));
  }
}

TEST(CrewShapeTest, AnObjectThatGivesAllACopyCannotDealOut) {
  EXPECT_THAT(ShapeOf(Measure(Pattern::FAN_OUT, 1, 2), Sharing(Mechanism::ONE_TO_ALL)).links,
              ElementsAre(Link({0}, {1}), Link({0}, {2})));
}

TEST(CrewShapeTest, APipelineIsAChain) {
  const CrewShape shape =
      ShapeOf(Measure(Pattern::PIPELINE, 0, 0, 4), Sharing(Mechanism::MANY_TO_MANY));
  EXPECT_THAT(shape.roles, ElementsAre(SENDER, RELAY, RELAY, RECEIVER));
  EXPECT_THAT(shape.links, ElementsAre(Link({0}, {1}), Link({1}, {2}), Link({2}, {3})));
  EXPECT_THAT(ShapeOf(Measure(Pattern::PIPELINE, 0, 0, 2), Sharing(Mechanism::ONE_TO_ONE)).roles,
              ElementsAre(SENDER, RECEIVER));
}

TEST(CrewShapeTest, ContendersShareOneLock) {
  const CrewShape shape =
      ShapeOf(Measure(Pattern::CONTENTION, 0, 0, 3), Sharing(Mechanism::ONE_TO_ONE));
  EXPECT_THAT(shape.roles, ElementsAre(CONTENDER, CONTENDER, CONTENDER));
  EXPECT_THAT(shape.links, ElementsAre(Link({0, 1, 2}, {0, 1, 2})));
}

TEST(CrewShapeTest, ALoopbackMechanismIsOneWorkerWhateverThePattern) {
  v1::Mechanism mechanism = Sharing(Mechanism::ONE_TO_ONE);
  mechanism.set_loopback(true);
  const CrewShape shape = ShapeOf(Measure(Pattern::ROUND_TRIP, 1, 1), mechanism);
  EXPECT_THAT(shape.roles, ElementsAre(internal::BOTH));
  EXPECT_THAT(shape.links, ElementsAre(Link({0}, {0}, true)));
}

TEST(CrewShapeTest, AStepIsAMessageOfEverySenderAndForEveryReceiver) {
  EXPECT_EQ(ArrivalsPerStep(Measure(Pattern::ROUND_TRIP, 1, 1)), 1);
  EXPECT_EQ(ArrivalsPerStep(Measure(Pattern::FAN_IN, 5, 2)), 5);
  EXPECT_EQ(ArrivalsPerStep(Measure(Pattern::FAN_OUT, 1, 4)), 4);
  EXPECT_EQ(ArrivalsPerStep(Measure(Pattern::BROADCAST, 1, 4)), 4);
  EXPECT_EQ(ArrivalsPerStep(Measure(Pattern::PIPELINE, 0, 0, 6)), 1);
  EXPECT_EQ(ArrivalsPerStep(Measure(Pattern::CONTENTION, 0, 0, 6)), 6);
}

}  // namespace
}  // namespace ipclab
