#include "server/advance.h"

#include "gtest/gtest.h"

namespace ipclab {
namespace {

using Response = v1::StepExperimentResponse;

v1::MeasureSpec OfMessages(int64_t messages) {
  v1::MeasureSpec measure;
  measure.set_messages(messages);
  measure.set_warm_up_messages(7);
  return measure;
}

v1::MeasureSpec OfSeconds(int64_t seconds) {
  v1::MeasureSpec measure;
  measure.mutable_duration()->set_seconds(seconds);
  measure.set_warm_up_messages(7);
  return measure;
}

constexpr Advance Steps(std::optional<int64_t> count, std::optional<int64_t> until = {}) {
  return {true, count, until};
}
constexpr Advance Free(std::optional<int64_t> until = {}) { return {false, {}, until}; }

TEST(PlanLegTest, GoesNoFurtherThanTheNearestLimit) {
  const Position at = {40, {}};
  EXPECT_EQ(PlanLeg(OfMessages(100), Steps(10), at).leg.messages(), 10);
  EXPECT_EQ(PlanLeg(OfMessages(100), Steps(90), at).leg.messages(), 60);
  EXPECT_EQ(PlanLeg(OfMessages(100), Steps(50, 70), at).leg.messages(), 30);
  EXPECT_EQ(PlanLeg(OfMessages(100), Steps({}, 70), at).leg.messages(), 30);
  EXPECT_EQ(PlanLeg(OfMessages(100), Free(), at).leg.messages(), 60);
  EXPECT_EQ(PlanLeg(OfMessages(100), Free(50), at).leg.messages(), 10);
}

TEST(PlanLegTest, OnlyARunWarmsUpAndHasItsControl) {
  EXPECT_EQ(PlanLeg(OfMessages(100), Free(), {}).leg.warm_up(), 7);
  EXPECT_GT(PlanLeg(OfMessages(100), Free(), {}).leg.control_rounds(), 0);
  EXPECT_EQ(PlanLeg(OfMessages(100), Steps(1), {}).leg.warm_up(), 0);
  EXPECT_EQ(PlanLeg(OfMessages(100), Steps(1), {}).leg.control_rounds(), 0);
}

TEST(PlanLegTest, ATimedRunHasTheTimeThatIsLeft) {
  const auto [leg, course] = PlanLeg(OfSeconds(3), Free(), {500, absl::Seconds(1)});
  EXPECT_EQ(leg.duration_nanos(), 2'000'000'000);
  EXPECT_EQ(leg.messages(), 0);
  EXPECT_EQ(PlanLeg(OfSeconds(3), Free(600), {500, {}}).leg.messages(), 100);
  EXPECT_EQ(PlanLeg(OfSeconds(3), Free(), {500, absl::Seconds(4)}).leg.duration_nanos(), 1)
      << "0 would be no limit";
  EXPECT_EQ(PlanLeg(OfSeconds(3), Steps(5), {}).leg.duration_nanos(), 0);
}

TEST(PlanLegTest, SaysWhyItStopsIfNobodyStopsIt) {
  const auto course = [](const v1::MeasureSpec& measure, const Advance& advance) {
    return PlanLeg(measure, advance, {40, {}}).course;
  };
  EXPECT_EQ(course(OfMessages(100), Free()), Response::DONE);
  EXPECT_EQ(course(OfMessages(100), Free(70)), Response::UNTIL);
  EXPECT_EQ(course(OfMessages(100), Steps(10)), Response::COUNT);
  EXPECT_EQ(course(OfMessages(100), Steps(60, 100)), Response::DONE) << "the end comes first";
  EXPECT_EQ(course(OfMessages(100), Steps(10, 50)), Response::UNTIL) << "then the point";
  EXPECT_EQ(course(OfSeconds(3), Free()), Response::DONE);
  EXPECT_EQ(course(OfSeconds(3), Steps(5)), Response::COUNT);
}

TEST(PlanLegTest, AfterAWatchedWarmUpTheWorkersAreOnlyReheated) {
  v1::MeasureSpec measure = OfSeconds(1);
  measure.clear_warm_up_messages();
  measure.set_pattern(v1::Pattern::ROUND_TRIP);
  EXPECT_EQ(PlanLeg(measure, Free(), {}).leg.warm_up(), 100);
}

TEST(CensusLegTest, IsShortAndLeavesOutWhatIsRare) {
  v1::MeasureSpec measure = OfSeconds(10);
  measure.set_message_bytes(64);
  const auto leg = CensusLeg(measure);
  ASSERT_TRUE(leg.has_value());
  EXPECT_TRUE(leg->census());
  EXPECT_EQ(leg->messages(), 1000);
  EXPECT_EQ(leg->duration_nanos(), 100'000'000);
  measure.mutable_load()->set_per_second(19);
  EXPECT_FALSE(CensusLeg(measure).has_value());
}

TEST(BatchTest, IsSoLargeThatTheClockDoesNotMatter) {
  v1::MeasureSpec measure;
  measure.set_pattern(v1::Pattern::ROUND_TRIP);
  EXPECT_EQ(BatchOf(measure, 100, 20), 1);
  EXPECT_EQ(BatchOf(measure, 99, 20), 2);
  EXPECT_EQ(BatchOf(measure, 10, 20), 16);
  EXPECT_EQ(BatchOf(measure, 1, 20), 64) << "the most";
  measure.mutable_load()->set_per_second(1000);
  EXPECT_EQ(BatchOf(measure, 10, 20), 1) << "each is due at a time of its own";
  measure.clear_load();
  measure.set_pattern(v1::Pattern::STREAM);
  EXPECT_EQ(BatchOf(measure, 10, 20), 1);
}

// Why a leg from the beginning stopped at position.
Response::Stopped Why(const v1::MeasureSpec& measure, const Advance& advance,
                      const Position& position, bool paused) {
  return WhyStopped(measure, advance, PlanLeg(measure, advance, {}), position, paused);
}

TEST(WhyStoppedTest, WhatRanItsCourseDidEvenWhenMessagesWereLost) {
  EXPECT_EQ(Why(OfMessages(100), Free(), {90, {}}, false), Response::DONE);
  EXPECT_EQ(Why(OfMessages(100), Free(50), {45, {}}, false), Response::UNTIL);
  EXPECT_EQ(Why(OfMessages(100), Steps(10), {9, {}}, false), Response::COUNT);
}

TEST(WhyStoppedTest, APauseMayComeTooLate) {
  EXPECT_EQ(Why(OfMessages(100), Free(), {60, {}}, true), Response::PAUSED);
  EXPECT_EQ(Why(OfMessages(100), Free(), {100, {}}, true), Response::DONE);
  EXPECT_EQ(Why(OfMessages(100), Free(50), {50, {}}, true), Response::UNTIL);
  EXPECT_EQ(Why(OfSeconds(3), Free(), {60, absl::Seconds(1)}, true), Response::PAUSED);
  EXPECT_EQ(Why(OfSeconds(3), Free(), {60, absl::Seconds(3)}, true), Response::DONE);
}

TEST(WhyStoppedTest, TimeMayBeOverBeforeThePoint) {
  EXPECT_EQ(Why(OfSeconds(3), Free(1000), {60, absl::Seconds(3)}, false), Response::DONE);
  EXPECT_EQ(Why(OfSeconds(3), Free(1000), {1000, absl::Seconds(1)}, false), Response::UNTIL);
}

TEST(AdvanceTest, IsThereOnlyAtItsPoint) {
  EXPECT_FALSE(IsThere(Free(), {10, {}}));
  EXPECT_FALSE(IsThere(Free(11), {10, {}}));
  EXPECT_TRUE(IsThere(Free(10), {10, {}}));
}

}  // namespace
}  // namespace ipclab
