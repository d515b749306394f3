#include "clients/cli/measure/measure_plan.h"

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

TEST(ReadMeasureFlags, DefaultsAreOneSecondOfWhatTheMechanismCarriesFirst) {
  const MeasurePlan plan = ReadMeasureFlags(Pipe()).value();
  EXPECT_EQ(plan.trials, 3);
  EXPECT_EQ(plan.amount, "1s");
  EXPECT_THAT(plan.mechanisms, ElementsAre("pipe"));
  EXPECT_THAT(plan.sizes, ElementsAre(64));
  EXPECT_TRUE(plan.patterns.empty());
  EXPECT_THAT(plan.waits, ElementsAre(v1::MeasureSpec::BLOCK));
  const v1::ExperimentSpec& spec = plan.spec;
  EXPECT_EQ(spec.start(), v1::ExperimentSpec::RUN);
  EXPECT_FALSE(spec.has_placement());
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

TEST(ReadMeasureFlags, ALoadIsARateAndHowItIsSpread) {
  MeasureFlags flags = Pipe();
  flags.rate = "10k";
  const v1::Load fixed = ReadMeasureFlags(flags)->spec.measure().load();
  EXPECT_EQ(fixed.per_second(), 10'000);
  EXPECT_EQ(fixed.arrivals(), v1::Load::FIXED);
  flags.arrivals = "poisson";
  flags.seed = 7;
  const v1::Load by_chance = ReadMeasureFlags(flags)->spec.measure().load();
  EXPECT_EQ(by_chance.arrivals(), v1::Load::POISSON);
  EXPECT_EQ(by_chance.seed(), 7);
  EXPECT_FALSE(ReadMeasureFlags(Pipe())->spec.measure().has_load());
}

TEST(ReadMeasureFlags, WhatGoesWithALoadDoesNotGoAlone) {
  const auto with = [](auto change) {
    MeasureFlags flags = Pipe();
    change(flags);
    return Complaint(flags);
  };
  EXPECT_EQ(with([](auto& f) { f.arrivals = "poisson"; }),
            "--arrivals: goes with --rate or --knee");
  EXPECT_THAT(with([](auto& f) {
                f.rate = "1k";
                f.arrivals = "often";
              }),
              HasSubstr("use fixed or poisson"));
  EXPECT_THAT(with([](auto& f) { f.rate = "fast"; }), HasSubstr("--rate"));
  EXPECT_THAT(with([](auto& f) {
                f.rate = "1k";
                f.time_every = 2;
              }),
              HasSubstr("--time-every"));
}

TEST(ReadMeasureFlags, OneSeedIsForTheOrderAndForArrivalsByChance) {
  MeasureFlags flags = Pipe();
  flags.seed = 7;
  EXPECT_EQ(ReadMeasureFlags(flags)->seed, 7u);
  flags.rate = "1k";
  EXPECT_EQ(ReadMeasureFlags(flags)->spec.measure().load().seed(), 0) << "equal gaps need none";
  flags.arrivals = "poisson";
  EXPECT_EQ(ReadMeasureFlags(flags)->spec.measure().load().seed(), 7);
  flags.seed = 0;
  const MeasurePlan chosen = ReadMeasureFlags(flags).value();
  EXPECT_GT(chosen.seed, 0u);
  EXPECT_EQ(chosen.spec.measure().load().seed(), static_cast<int64_t>(chosen.seed));
  flags.seed = -1;
  EXPECT_EQ(Complaint(flags), "--seed: a number above 0");
}

TEST(ReadMeasureFlags, AComparisonHasTenTrialsUnlessTheyAreGiven) {
  MeasureFlags flags = Pipe();
  flags.compare = true;
  EXPECT_EQ(ReadMeasureFlags(flags)->trials, 10);
  EXPECT_EQ(ReadMeasureFlags(flags)->by, CompareBy::kOwn);
  flags.trials = 5;
  flags.by = "rate";
  EXPECT_EQ(ReadMeasureFlags(flags)->trials, 5);
  EXPECT_EQ(ReadMeasureFlags(flags)->by, CompareBy::kRate);
  flags.by = "mean";
  EXPECT_THAT(Complaint(flags), HasSubstr("--by: \"mean\""));
  flags.trials = 1;
  EXPECT_THAT(Complaint(flags), HasSubstr("--compare: --trials 2"));
}

TEST(ReadMeasureFlags, WhatDoesNotGoTogetherIsSaid) {
  const auto with = [](auto change) {
    MeasureFlags flags = Pipe();
    change(flags);
    return Complaint(flags);
  };
  EXPECT_EQ(with([](auto& f) { f.by = "p50"; }), "--by: goes with --compare or --noise-floor");
  EXPECT_THAT(with([](auto& f) { f.knee = f.compare = true; }), HasSubstr("--knee: not with"));
  EXPECT_THAT(with([](auto& f) {
                f.knee = true;
                f.rate = "1k";
              }),
              HasSubstr("--rate: not with --knee"));
}

TEST(ReadMeasureFlags, SpoiltTrialsAreRunAgainAtMostAsOftenAsThereAreTrials) {
  MeasureFlags flags = Pipe();
  flags.trials = 4;
  EXPECT_EQ(ReadMeasureFlags(flags)->trials_again, 4);
  flags.mechanisms.clear();
  flags.all = true;
  EXPECT_EQ(ReadMeasureFlags(flags)->trials_again, 1) << "all together is to end soon";
}

TEST(ReadMeasureFlags, ALockIsHeldForASecondAtMost) {
  MeasureFlags flags = Pipe();
  flags.critical_section = "1us";
  EXPECT_EQ(ReadMeasureFlags(flags)->spec.measure().critical_section().nanos(), 1000);
  flags.critical_section = "0";
  EXPECT_TRUE(ReadMeasureFlags(flags)->spec.measure().has_critical_section());
  for (const char* wrong : {"2s", "-1us", "long"}) {
    flags.critical_section = wrong;
    EXPECT_THAT(Complaint(flags), HasSubstr("--critical-section")) << wrong;
  }
}

TEST(CheckKeep, AServerThatEndsWithTheCommandKeepsNothing) {
  MeasureFlags flags = Pipe();
  EXPECT_TRUE(CheckKeep(*ReadMeasureFlags(flags), /*is_private=*/true).ok());
  flags.keep = true;
  EXPECT_TRUE(CheckKeep(*ReadMeasureFlags(flags), /*is_private=*/false).ok());
  EXPECT_THAT(std::string(CheckKeep(*ReadMeasureFlags(flags), true).message()),
              HasSubstr("--keep: no server runs here"));
}

TEST(ReadMeasureFlags, AllIsMeasuredInAShortTime) {
  MeasureFlags flags;
  flags.all = true;
  EXPECT_EQ(ReadMeasureFlags(flags)->amount, "300ms");
}

}  // namespace
}  // namespace ipclab::cli
