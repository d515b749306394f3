#include "clients/cli/measure/comparing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/clients/measure/trials.h"

namespace ipclab::cli {
namespace {

using stats::Verdict;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using v1::MeasureSpec;
using v1::Pattern;

MeasureSpec Spec(const std::string& mechanism, int64_t bytes,
                 Pattern::Kind pattern = Pattern::ROUND_TRIP,
                 MeasureSpec::Wait wait = MeasureSpec::BLOCK) {
  MeasureSpec spec;
  spec.set_mechanism(mechanism);
  spec.set_message_bytes(bytes);
  spec.set_pattern(pattern);
  spec.set_wait(wait);
  return spec;
}

constexpr auto kReference = std::nullopt;

TEST(ReferencesOf, EachIsSetBesideTheFirstMechanismAtItsOwnSize) {
  EXPECT_THAT(
      ReferencesOf({Spec("pipe", 64), Spec("pipe", 4096), Spec("fifo", 64), Spec("fifo", 4096)}),
      ElementsAre(kReference, kReference, 0, 1));
}

TEST(ReferencesOf, PatternsAndWaysToWaitAreNotMixed) {
  EXPECT_THAT(ReferencesOf({Spec("pipe", 64, Pattern::ROUND_TRIP),
                            Spec("pipe", 64, Pattern::STREAM), Spec("fifo", 64, Pattern::STREAM),
                            Spec("fifo", 64, Pattern::STREAM, MeasureSpec::SPIN)}),
              ElementsAre(kReference, kReference, 1, kReference));
}

TEST(ReferencesOf, OfOneMechanismWaysToWaitAreComparedAtEachSize) {
  EXPECT_THAT(
      ReferencesOf({Spec("pipe", 64), Spec("pipe", 64, Pattern::ROUND_TRIP, MeasureSpec::SPIN),
                    Spec("pipe", 128), Spec("pipe", 128, Pattern::ROUND_TRIP, MeasureSpec::SPIN)}),
      ElementsAre(kReference, 0, kReference, 2));
}

TEST(ReferencesOf, OfOneMechanismAloneSizesAreCompared) {
  EXPECT_THAT(ReferencesOf({Spec("pipe", 64), Spec("pipe", 4096)}), ElementsAre(kReference, 0));
  EXPECT_THAT(ReferencesOf({Spec("pipe", 64)}), ElementsAre(kReference));
}

TEST(FigureFor, StreamsAndFansAreJudgedByTheirRateUnlessItIsGiven) {
  EXPECT_EQ(FigureFor(CompareBy::kOwn, Spec("pipe", 64)), CompareBy::kP50);
  EXPECT_EQ(FigureFor(CompareBy::kOwn, Spec("pipe", 64, Pattern::STREAM)), CompareBy::kRate);
  EXPECT_EQ(FigureFor(CompareBy::kOwn, Spec("pipe", 64, Pattern::FAN_IN)), CompareBy::kRate);
  EXPECT_EQ(FigureFor(CompareBy::kP99, Spec("pipe", 64, Pattern::STREAM)), CompareBy::kP99);
  MeasureSpec due = Spec("pipe", 64, Pattern::STREAM);
  due.mutable_load()->set_per_second(1000);
  EXPECT_EQ(FigureFor(CompareBy::kOwn, due), CompareBy::kP50) << "its rate was given";
}

class ComparedTest : public testing::Test {
 protected:
  void Compare(CompareBy by = CompareBy::kOwn, double noise_floor = 0) {
    CompareAll(all_, by, noise_floor);
  }
  Verdict VerdictOfLast() const { return all_.back().comparison->found.verdict; }

  const std::vector<int64_t> fast_ = {100, 101, 102, 103, 104, 105, 106, 107, 108, 109};
  const std::vector<int64_t> slow_ = {200, 201, 202, 203, 204, 205, 206, 207, 208, 209};
  std::vector<Measurement> all_;
};

TEST_F(ComparedTest, MoreTimeIsSlower) {
  all_ = {MeasuredAt("pipe", fast_), MeasuredAt("fifo", slow_)};
  Compare();
  EXPECT_EQ(all_[0].comparison, std::nullopt);
  const ComparedTo& compared = *all_[1].comparison;
  EXPECT_EQ(compared.to, "pipe 64 B");
  EXPECT_EQ(compared.by, CompareBy::kP50);
  EXPECT_NEAR(compared.found.ratio, 1.96, 0.01);
  EXPECT_EQ(compared.found.verdict, Verdict::kSlower);
}

TEST_F(ComparedTest, WithAReferenceThatFailedNothingIsCompared) {
  all_ = {MeasuredAt("pipe", {}), MeasuredAt("fifo", slow_)};
  Compare();
  EXPECT_EQ(all_[1].comparison, std::nullopt);
  EXPECT_FALSE(all_[0].is_reference);
}

TEST_F(ComparedTest, MoreMessagesAreFaster) {
  all_ = {MeasuredAt("pipe", fast_, 1000), MeasuredAt("fifo", fast_, 2000)};
  Compare(CompareBy::kRate);
  EXPECT_EQ(VerdictOfLast(), Verdict::kFaster);
}

TEST_F(ComparedTest, TheSameIsNoDifference) {
  all_ = {MeasuredAt("pipe", fast_), MeasuredAt("fifo", fast_)};
  Compare();
  EXPECT_EQ(VerdictOfLast(), Verdict::kNoDifferenceShown);
}

TEST_F(ComparedTest, ADifferenceWithinTheNoiseFloorIsNone) {
  all_ = {MeasuredAt("pipe", fast_), MeasuredAt("fifo", slow_)};
  Compare(CompareBy::kOwn, 1.5);
  EXPECT_EQ(VerdictOfLast(), Verdict::kNoDifferenceShown);
  EXPECT_EQ(all_.back().comparison->threshold, 1.5);
}

TEST_F(ComparedTest, TooFewTrialsAreAWarning) {
  all_ = {MeasuredAt("pipe", {100, 101, 102}), MeasuredAt("fifo", {200, 201, 202})};
  Compare();
  EXPECT_EQ(VerdictOfLast(), Verdict::kTooFewTrials);
  EXPECT_THAT(all_[1].warnings, Contains(v1::Result::TOO_FEW_TRIALS));
  EXPECT_THAT(all_[0].warnings, Not(Contains(v1::Result::TOO_FEW_TRIALS)));
}

TEST_F(ComparedTest, TrialsThatAreLeftOutDecideNothing) {
  all_ = {MeasuredAt("pipe", fast_), MeasuredAt("fifo", fast_)};
  for (Trial& trial : all_[1].runs) trial.left_out = "the platform moved";
  Compare();
  EXPECT_EQ(VerdictOfLast(), Verdict::kTooFewTrials);
}

TEST_F(ComparedTest, FiguresOfNoOneStateDecideNothing) {
  all_ = {MeasuredAt("pipe", fast_), MeasuredAt("fifo", slow_)};
  all_[1].all_shifted = true;
  Compare();
  EXPECT_EQ(VerdictOfLast(), Verdict::kTooFewTrials);
}

TEST_F(ComparedTest, WhatLacksTheFigureIsNotCompared) {
  all_ = {MeasuredAt("pipe", fast_), MeasuredAt("fifo", slow_), MeasuredAt("shm", slow_)};
  v1::Experiment few = PipeTrial({{100, 298}}, 1);
  all_[1].runs[3].experiment.mutable_result()->mutable_metrics()->Swap(
      few.mutable_result()->mutable_metrics());
  Compare(CompareBy::kP99);
  EXPECT_EQ(all_[1].comparison->lacking, "p99 needs 299 messages in each trial");
  EXPECT_THAT(all_[1].warnings, Not(Contains(v1::Result::TOO_FEW_TRIALS)));
  EXPECT_EQ(all_[2].comparison->found.adjusted_p_value, all_[2].comparison->found.p_value)
      << "what is not compared is no part of the table";
  EXPECT_EQ(VerdictOfLast(), Verdict::kSlower);
}

TEST_F(ComparedTest, TheNoiseFloorIsTheGreatestDifferenceOfAnyFromItself) {
  all_ = {MeasuredAt("pipe", fast_), MeasuredAt("fifo", fast_)};
  EXPECT_EQ(NoiseSeen(all_), 0);
  std::vector<int64_t> off;
  for (const int64_t each : fast_) off.push_back(each * 9 / 10);
  CompareTwins(all_, {MeasuredAt("pipe", fast_), MeasuredAt("fifo", off)}, CompareBy::kOwn);
  EXPECT_EQ(all_[0].noise_floor->found.verdict, Verdict::kNoDifferenceShown);
  EXPECT_NEAR(NoiseSeen(all_), 104.5 / 93.5 - 1, 1e-9) << "of the lesser, whichever was first";
}

TEST(ParseCompareBy, NamesWhatThereIs) {
  EXPECT_EQ(*ParseCompareBy("cpu"), CompareBy::kCpu);
  EXPECT_THAT(std::string(ParseCompareBy("mean").status().message()),
              HasSubstr("use p50, p99, rate or cpu"));
}

}  // namespace
}  // namespace ipclab::cli
