#include "clients/cli/measure/shifted_trials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/clients/measure/trials.h"

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;

v1::Experiment TrialWithControls(int64_t before, int64_t after) {
  v1::Experiment trial = PipeTrial({{900, 300}}, 1);
  trial.mutable_result()->set_control_before_nanos(before);
  trial.mutable_result()->set_control_after_nanos(after);
  return trial;
}

TEST(LeaveOutShifted, TrialsOfOneStateAllStay) {
  std::vector<Trial> trials = TrialsOf(
      {TrialWithControls(100, 110), TrialWithControls(120, 110), TrialWithControls(105, 105)});
  EXPECT_FALSE(LeaveOutShifted(trials));
  EXPECT_EQ(CountUsed(trials), 3);
}

TEST(LeaveOutShifted, OneWhoseControlMovedWhileItRanIsLeftOut) {
  std::vector<Trial> trials = TrialsOf({TrialWithControls(110, 110), TrialWithControls(110, 500)});
  EXPECT_FALSE(LeaveOutShifted(trials));
  EXPECT_EQ(trials[0].left_out, "");
  EXPECT_EQ(trials[1].left_out, "the control moved from 110 ns to 500 ns while it ran");
}

TEST(LeaveOutShifted, TheServersWordIsEnough) {
  std::vector<Trial> trials = TrialsOf({TrialWithControls(110, 110), TrialWithControls(110, 120)});
  trials[1].experiment.mutable_result()->add_warnings(v1::Result::PLATFORM_SHIFTED);
  LeaveOutShifted(trials);
  EXPECT_EQ(CountUsed(trials), 1);
  EXPECT_NE(trials[1].left_out, "");
}

TEST(LeaveOutShifted, OneTakenInAnotherStateThanTheOthersIsLeftOut) {
  std::vector<Trial> trials = TrialsOf(
      {TrialWithControls(500, 500), TrialWithControls(110, 110), TrialWithControls(112, 112)});
  EXPECT_FALSE(LeaveOutShifted(trials));
  EXPECT_THAT(trials[0].left_out, HasSubstr("its control of 500 ns is not that of the other"));
  EXPECT_EQ(CountUsed(trials), 2);
}

TEST(LeaveOutShifted, OtherCpusHaveAnotherControl) {
  std::vector<Trial> trials = TrialsOf(
      {TrialWithControls(500, 500), TrialWithControls(110, 110), TrialWithControls(112, 112)});
  trials[0].experiment.mutable_workers(1)->set_cpu(7);
  LeaveOutShifted(trials);
  EXPECT_EQ(CountUsed(trials), 3);
}

TEST(LeaveOutShifted, MoreTrialsMayTakeAWordBack) {
  std::vector<Trial> trials = TrialsOf({TrialWithControls(110, 110), TrialWithControls(500, 500)});
  LeaveOutShifted(trials);
  EXPECT_NE(trials[1].left_out, "");
  trials.push_back(trials[1]);
  LeaveOutShifted(trials);
  EXPECT_NE(trials[0].left_out, "");
  EXPECT_EQ(trials[1].left_out, "");
}

TEST(LeaveOutShifted, WhereAllMovedNoneIsBetterThanTheOthers) {
  std::vector<Trial> trials = TrialsOf({TrialWithControls(110, 500), TrialWithControls(500, 110)});
  EXPECT_TRUE(LeaveOutShifted(trials));
  EXPECT_EQ(CountUsed(trials), 2);
}

TEST(LeaveOutShifted, WithoutAControlNothingIsKnown) {
  std::vector<Trial> trials = TrialsOf({TrialWithControls(0, 0), TrialWithControls(0, 0)});
  EXPECT_FALSE(LeaveOutShifted(trials));
  EXPECT_EQ(CountUsed(trials), 2);
}

}  // namespace
}  // namespace ipclab::cli
