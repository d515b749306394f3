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
  EXPECT_EQ(measure.pattern(), v1::Pattern::STREAM);
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

TEST(ItemsOf, AllMeansWhatThisHostCanCarry) {
  MeasureFlags flags;
  flags.all = true;
  flags.bytes = "64,4k";
  std::vector<v1::Mechanism> mechanisms(4);
  for (v1::Mechanism& mechanism : mechanisms) {
    mechanism.set_available(true);
    mechanism.add_patterns(v1::Pattern::ROUND_TRIP);
  }
  mechanisms[0].set_id("pipe");
  mechanisms[1].set_id("small");
  mechanisms[1].set_max_message_bytes(64);
  mechanisms[2].set_id("missing");
  mechanisms[2].set_available(false);
  mechanisms[3].set_id("one_way");
  mechanisms[3].set_patterns(0, v1::Pattern::STREAM);
  EXPECT_THAT(
      ItemsOf(ReadMeasureFlags(flags).value(), mechanisms),
      ElementsAre(MeasureItem{"pipe", 64}, MeasureItem{"pipe", 4096}, MeasureItem{"small", 64}));
}

}  // namespace
}  // namespace ipclab::cli
