#include "clients/cli/measure_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

MeasureFlags Pipe() {
  MeasureFlags flags;
  flags.mechanisms = {"pipe"};
  return flags;
}

std::string Complaint(const MeasureFlags& flags) {
  return std::string(ReadMeasureFlags(flags).status().message());
}

TEST(ReadMeasureFlags, DefaultsAreOneSecondOfRoundTrips) {
  const MeasurePlan plan = ReadMeasureFlags(Pipe()).value();
  EXPECT_EQ(plan.trials, 3);
  EXPECT_EQ(plan.amount, "1s");
  const v1::ExperimentSpec spec = SpecOf(plan, ItemsOf(plan).at(0));
  EXPECT_EQ(spec.start(), v1::ExperimentSpec::RUN);
  EXPECT_FALSE(spec.has_placement());
  EXPECT_EQ(spec.measure().mechanism(), "pipe");
  EXPECT_EQ(spec.measure().message_bytes(), 64);
  EXPECT_EQ(spec.measure().pattern(), v1::Pattern::ROUND_TRIP);
  EXPECT_EQ(spec.measure().duration().seconds(), 1);
  EXPECT_FALSE(spec.measure().has_warm_up_messages());
}

TEST(ReadMeasureFlags, EverythingThatWasTypedIsInTheSpec) {
  MeasureFlags flags = Pipe();
  flags.pattern = "stream";
  flags.messages = "100k";
  flags.warm_up = "0";
  flags.placement = "0,1";
  flags.options = {"capacity=65536"};
  flags.verify = true;
  const MeasurePlan plan = ReadMeasureFlags(flags).value();
  const v1::MeasureSpec& measure = plan.spec.measure();
  EXPECT_EQ(plan.amount, "100000 messages");
  EXPECT_THAT(plan.patterns, ElementsAre(v1::Pattern::STREAM));
  EXPECT_EQ(measure.messages(), 100'000);
  ASSERT_TRUE(measure.has_warm_up_messages());
  EXPECT_EQ(measure.warm_up_messages(), 0);
  EXPECT_THAT(plan.spec.placement().cpus(), ElementsAre(0, 1));
  EXPECT_EQ(measure.options().at("capacity"), "65536");
  EXPECT_TRUE(measure.verify_payload());
}

TEST(ReadMeasureFlags, NamesTheFlagThatIsWrong) {
  const auto with = [](auto change) {
    MeasureFlags flags = Pipe();
    change(flags);
    return Complaint(flags);
  };
  EXPECT_THAT(with([](auto& f) { f.bytes = "0"; }), HasSubstr("--bytes"));
  EXPECT_THAT(with([](auto& f) { f.pattern = "x"; }), HasSubstr("--pattern"));
  EXPECT_THAT(with([](auto& f) { f.placement = "x"; }), HasSubstr("--placement"));
  EXPECT_THAT(with([](auto& f) { f.wait = "x"; }), HasSubstr("--wait"));
  EXPECT_THAT(with([](auto& f) { f.messages = "-1"; }), HasSubstr("--messages"));
  EXPECT_THAT(with([](auto& f) { f.duration = "0"; }), HasSubstr("--duration"));
  EXPECT_THAT(with([](auto& f) { f.trials = 0; }), HasSubstr("--trials"));
  EXPECT_THAT(with([](auto& f) { f.options = {"a"}; }), HasSubstr("--option"));
  EXPECT_THAT(with([](auto& f) { f.options = {"a=1", "a=2"}; }), HasSubstr("twice"));
  EXPECT_THAT(with([](auto& f) { f.all = true; }), HasSubstr("--all"));
  EXPECT_THAT(with([](auto& f) { f.mechanisms = {"a b"}; }), HasSubstr("id"));
  EXPECT_THAT(with([](auto& f) { f.mechanisms = {}; }), HasSubstr("which mechanism"));
}

TEST(ReadMeasureFlags, TakesEitherMessagesOrADuration) {
  MeasureFlags flags = Pipe();
  flags.messages = "10";
  flags.duration = "1s";
  EXPECT_THAT(Complaint(flags), HasSubstr("one of them"));
}

TEST(ItemsOf, EachMechanismComesWithAllItsSizes) {
  MeasureFlags flags = Pipe();
  flags.mechanisms = {"pipe", "null"};
  flags.bytes = "64,4k";
  EXPECT_THAT(ItemsOf(ReadMeasureFlags(flags).value()),
              ElementsAre(MeasureItem{"pipe", 64}, MeasureItem{"pipe", 4096},
                          MeasureItem{"null", 64}, MeasureItem{"null", 4096}));
}

TEST(ItemsOf, PatternsAndWaitsAreWithinASize) {
  MeasureFlags flags = Pipe();
  flags.pattern = "round_trip,stream";
  flags.wait = "block,spin";
  const MeasurePlan plan = ReadMeasureFlags(flags).value();
  using v1::MeasureSpec;
  using v1::Pattern;
  EXPECT_THAT(ItemsOf(plan),
              ElementsAre(MeasureItem{"pipe", 64, Pattern::ROUND_TRIP, MeasureSpec::BLOCK},
                          MeasureItem{"pipe", 64, Pattern::ROUND_TRIP, MeasureSpec::SPIN},
                          MeasureItem{"pipe", 64, Pattern::STREAM, MeasureSpec::BLOCK},
                          MeasureItem{"pipe", 64, Pattern::STREAM, MeasureSpec::SPIN}));
  const MeasureItem last = ItemsOf(plan).back();
  EXPECT_EQ(ItemText(plan, last), "pipe 64 B, stream, spin");
  EXPECT_EQ(SpecOf(plan, last).measure().pattern(), Pattern::STREAM);
  EXPECT_EQ(SpecOf(plan, last).measure().wait(), MeasureSpec::SPIN);
}

class SelectFromTest : public testing::Test {
 protected:
  SelectFromTest() {
    flags_.all = true;
    flags_.pattern = "round_trip";
  }

  v1::Mechanism& Add(const std::string& id) {
    v1::Mechanism& mechanism = mechanisms_.emplace_back();
    mechanism.set_id(id);
    mechanism.set_available(true);
    mechanism.add_patterns(v1::Pattern::ROUND_TRIP);
    return mechanism;
  }

  Selection Select() { return SelectFrom(ReadMeasureFlags(flags_).value(), mechanisms_); }

  MeasureFlags flags_;
  std::vector<v1::Mechanism> mechanisms_;
};

TEST_F(SelectFromTest, AllMeansBothPatternsInAShortTime) {
  flags_.pattern = "";
  Add("pipe").add_patterns(v1::Pattern::STREAM);
  Add("echo");
  EXPECT_THAT(Select().items,
              ElementsAre(MeasureItem{"pipe", 64}, MeasureItem{"pipe", 64, v1::Pattern::STREAM},
                          MeasureItem{"echo", 64}));
  EXPECT_EQ(ReadMeasureFlags(flags_)->amount, "300ms");
}

TEST_F(SelectFromTest, WhatThisHostCannotCarryIsLeftOutWithTheReason) {
  Add("missing").set_available(false);
  mechanisms_.back().set_unavailable_reason("load it");
  Add("one_way").set_patterns(0, v1::Pattern::STREAM);
  Add("pipe");
  const Selection selection = Select();
  EXPECT_THAT(selection.items, ElementsAre(MeasureItem{"pipe", 64}));
  EXPECT_THAT(selection.left_out,
              ElementsAre(LeftOut{"missing", "load it"},
                          LeftOut{"one_way", "it does not carry this pattern"}));
}

TEST_F(SelectFromTest, SizesAboveALimitAreLeftOutWithWhatRaisesIt) {
  flags_.bytes = "64..256";
  Add("small").set_max_message_bytes(64);
  mechanisms_.back().set_max_message_changed_by("fs.small");
  const Selection selection = Select();
  EXPECT_THAT(selection.items, ElementsAre(MeasureItem{"small", 64}));
  EXPECT_THAT(selection.left_out,
              ElementsAre(LeftOut{
                  "small", "no 128 B, 256 B: it takes 64 B at most here; raise it with fs.small"}));
}

}  // namespace
}  // namespace ipclab::cli
