#include "clients/cli/step/pilot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "tests/clients/step/screens.h"

namespace ipclab::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

PilotAction Type(StepPilot& pilot, char character) {
  pilot.Press({KeyKind::kCharacter, character});
  return pilot.Next();
}

// A screen on which two workers wait, one of whom C's signal will wake.
StepScreen SignalScreen() {
  StepScreen screen;
  AddWorker(screen, "A", "A", v1::ProgramWorker::BLOCKED, 3, "cond_wait(c, m)");
  AddWorker(screen, "B", "B", v1::ProgramWorker::BLOCKED, 3, "cond_wait(c, m)");
  v1::ProgramWorker& signaller =
      AddWorker(screen, "C", "C", v1::ProgramWorker::READY, 9, "signal(c)");
  signaller.add_may_wake("B");
  signaller.add_may_wake("A");
  return screen;
}

// The server's answer to a step: one more operation.
v1::DriveExperimentResponse Stepped(const StepPilot& pilot, const std::string& worker) {
  v1::DriveExperimentResponse answer;
  v1::StepExperimentResponse& step = *answer.mutable_step();
  *step.mutable_program() = pilot.screen().view;
  step.mutable_program()->set_step(pilot.screen().view.step() + 1);
  v1::ProgramOperation& operation = *step.add_operations();
  operation.set_step(step.program().step());
  operation.set_worker(worker);
  operation.set_operation("counter = 11");
  return answer;
}

v1::DriveExperimentResponse Refused(const std::string& message) {
  v1::DriveExperimentResponse answer;
  answer.mutable_error()->set_code(9);
  answer.mutable_error()->set_message(message);
  answer.mutable_error()->add_details()->PackFrom(google::rpc::ErrorInfo());
  return answer;
}

TEST(StepPilot, LettersAndNumbersStepAWorkerFromTheStepThatIsSeen) {
  for (const char key : {'B', '2'}) {
    StepPilot pilot(LostUpdateScreen());
    const PilotAction action = Type(pilot, key);
    ASSERT_EQ(action.kind, PilotAction::kSend);
    EXPECT_EQ(action.request.step().choice().worker(), "B");
    EXPECT_EQ(action.request.step().expected_step(), 2);
    EXPECT_EQ(action.request.step().count(), 1);
  }
}

TEST(StepPilot, KeysThatAreTypedAheadWaitForTheAnswer) {
  StepPilot pilot(LostUpdateScreen());
  EXPECT_EQ(Type(pilot, 'A').kind, PilotAction::kSend);
  EXPECT_EQ(Type(pilot, 'B').kind, PilotAction::kNone);
  pilot.Take(Stepped(pilot, "A"));
  const PilotAction action = pilot.Next();
  EXPECT_EQ(action.request.step().choice().worker(), "B");
  EXPECT_EQ(action.request.step().expected_step(), 3);
}

TEST(StepPilot, SpaceStepsWhoMadeTheLastStep) {
  StepPilot pilot(LostUpdateScreen());
  EXPECT_EQ(Type(pilot, ' ').request.step().choice().worker(), "B");
  pilot.Take(Stepped(pilot, "B"));
  EXPECT_EQ(Type(pilot, 'A').kind, PilotAction::kSend);
  pilot.Take(Stepped(pilot, "A"));
  EXPECT_EQ(Type(pilot, ' ').request.step().choice().worker(), "A");
}

TEST(StepPilot, SpaceBeforeTheFirstStepAsksForAWorker) {
  StepPilot pilot(SignalScreen());
  EXPECT_EQ(Type(pilot, ' ').kind, PilotAction::kNone);
  EXPECT_THAT(pilot.screen().status, HasSubstr("A, B, C"));
}

TEST(StepPilot, TheServersRefusalIsTheStatusAndWhatWasTypedAheadIsForgotten) {
  StepPilot pilot(DeadlockScreen());
  EXPECT_EQ(Type(pilot, 'A').kind, PilotAction::kSend);
  EXPECT_EQ(Type(pilot, 'B').kind, PilotAction::kNone);
  pilot.Take(Refused("A waits for right, held by B"));
  EXPECT_THAT(pilot.screen().status, HasSubstr("A waits for right, held by B"));
  EXPECT_EQ(pilot.Next().kind, PilotAction::kNone);
  EXPECT_EQ(pilot.screen().view.step(), 2);
}

TEST(StepPilot, ALetterThatIsNobodysIsSaid) {
  StepPilot pilot(LostUpdateScreen());
  EXPECT_EQ(Type(pilot, 'P').kind, PilotAction::kNone);
  EXPECT_THAT(pilot.screen().status, HasSubstr("there is no worker P: there are A, B"));
}

TEST(StepPilot, ASmallLetterIsNoWorkerAndSaysWhichKeyIs) {
  StepPilot pilot(LostUpdateScreen());
  EXPECT_EQ(Type(pilot, 'a').kind, PilotAction::kNone);
  EXPECT_THAT(pilot.screen().status, HasSubstr("A steps A"));
}

TEST(StepPilot, UndoGoesBackOneStepAndTheHistoryWithIt) {
  StepPilot pilot(LostUpdateScreen());
  const PilotAction action = Type(pilot, 'u');
  ASSERT_TRUE(action.request.has_rewind());
  EXPECT_EQ(action.request.rewind().step(), 1);
  v1::DriveExperimentResponse answer;
  *answer.mutable_experiment()->mutable_program() = pilot.screen().view;
  answer.mutable_experiment()->mutable_program()->set_step(1);
  pilot.Take(answer);
  EXPECT_EQ(pilot.screen().history.size(), 1u);
  EXPECT_EQ(pilot.screen().last, "A");
  EXPECT_THAT(pilot.screen().status, HasSubstr("back at step 1"));
}

TEST(StepPilot, ThereIsNothingToUndoAtStep0) {
  StepPilot pilot(SignalScreen());
  EXPECT_EQ(Type(pilot, 'u').kind, PilotAction::kNone);
  EXPECT_THAT(pilot.screen().status, HasSubstr("step 0"));
}

TEST(StepPilot, ResetGoesToStep0) {
  StepPilot pilot(LostUpdateScreen());
  const PilotAction action = Type(pilot, 'r');
  ASSERT_TRUE(action.request.has_rewind());
  EXPECT_EQ(action.request.rewind().step(), 0);
}

TEST(StepPilot, ASignalThatCanWakeSeveralAsksWhom) {
  StepPilot pilot(SignalScreen());
  EXPECT_EQ(Type(pilot, 'C').kind, PilotAction::kNone);
  EXPECT_THAT(pilot.screen().status, HasSubstr("B or A"));
  EXPECT_EQ(Type(pilot, 'C').kind, PilotAction::kNone);  // who is not woken by it
  const PilotAction action = Type(pilot, 'A');
  ASSERT_EQ(action.kind, PilotAction::kSend);
  EXPECT_EQ(action.request.step().choice().worker(), "C");
  EXPECT_EQ(action.request.step().choice().wakes(), "A");
}

TEST(StepPilot, EnterWakesWhoWaitsLongestAndEscapeNobody) {
  StepPilot pilot(SignalScreen());
  Type(pilot, 'C');
  pilot.Press({KeyKind::kEscape});
  EXPECT_EQ(pilot.Next().kind, PilotAction::kNone);
  EXPECT_EQ(pilot.screen().status, "");
  Type(pilot, 'C');
  pilot.Press({KeyKind::kEnter});
  EXPECT_EQ(pilot.Next().request.step().choice().wakes(), "B");
}

TEST(StepPilot, TheNextVariantComesRoundToTheFirst) {
  StepPilot pilot(LostUpdateScreen());
  PilotAction action = Type(pilot, 'v');
  EXPECT_EQ(action.kind, PilotAction::kRestart);
  EXPECT_EQ(action.variant, "mutex");
  pilot.TakeRestart("mutex", SignalScreen().view);
  EXPECT_TRUE(pilot.screen().history.empty());
  EXPECT_EQ(pilot.screen().view.step(), 0);
  EXPECT_EQ(Type(pilot, 'v').variant, "racy");
}

TEST(StepPilot, AnExperimentThatIsOverCanOnlyBeginAnew) {
  StepPilot pilot(LostUpdateScreen());
  pilot.TakeEnd("worker 1 was killed by signal 9");
  EXPECT_THAT(pilot.screen().status, HasSubstr("killed by signal 9"));
  EXPECT_EQ(Type(pilot, 'A').kind, PilotAction::kNone);
  EXPECT_EQ(Type(pilot, 'u').kind, PilotAction::kNone);
  const PilotAction action = Type(pilot, 'r');
  EXPECT_EQ(action.kind, PilotAction::kRestart);
  EXPECT_EQ(action.variant, "racy");
}

TEST(StepPilot, OneFreeRunAtATimeAndStepsGoOnBesideIt) {
  StepPilot pilot(LostUpdateScreen());
  EXPECT_EQ(Type(pilot, 'f').kind, PilotAction::kFreeRun);
  EXPECT_EQ(Type(pilot, 'f').kind, PilotAction::kNone);
  EXPECT_EQ(Type(pilot, 'A').kind, PilotAction::kSend);
  pilot.Take(Stepped(pilot, "A"));
  pilot.Press({KeyKind::kEscape});
  EXPECT_EQ(pilot.Next().kind, PilotAction::kStopFreeRun);
  pilot.TakeFreeRun("free run: DONE outcome counter=12", Tone::kGood);
  EXPECT_EQ(Type(pilot, 'f').kind, PilotAction::kFreeRun);
}

// At step 0 of the lost update, with a schedule that a search found.
StepPilot PilotWithFinding() {
  StepScreen screen = LostUpdateScreen();
  screen.view.set_schedule("lost_update racy @3f9a01c2 :");
  screen.view.set_step(0);
  StepPilot pilot(screen);
  Type(pilot, 'e');
  pilot.TakeSearch("lost_update racy @3f9a01c2 : A! B2 A", "found A! B2 A", Tone::kStrong);
  return pilot;
}

// The server's answer to a rewind to that step, with this schedule.
v1::DriveExperimentResponse StandsAt(const StepPilot& pilot, int64_t step,
                                     const std::string& items) {
  v1::DriveExperimentResponse answer;
  v1::ProgramView& view = *answer.mutable_experiment()->mutable_program();
  view = pilot.screen().view;
  view.set_step(step);
  view.set_schedule("lost_update racy @3f9a01c2 :" + items);
  return answer;
}

TEST(StepPilot, OneSearchIsOnItsWayAtATimeAndEscapeStopsIt) {
  StepPilot pilot(LostUpdateScreen());
  EXPECT_EQ(Type(pilot, 'e').kind, PilotAction::kSearch);
  EXPECT_EQ(Type(pilot, 'e').kind, PilotAction::kNone);
  EXPECT_THAT(pilot.screen().status, HasSubstr("esc stops it"));
  pilot.Press({KeyKind::kEscape});
  EXPECT_EQ(pilot.Next().kind, PilotAction::kStopSearch);
  pilot.TakeSearch("", "the search found none", Tone::kGood);
  EXPECT_EQ(pilot.screen().status, "the search found none");
  EXPECT_EQ(Type(pilot, 'e').kind, PilotAction::kSearch);
}

TEST(StepPilot, WhatWasFoundIsSteppedAlongKeyByKey) {
  StepPilot pilot = PilotWithFinding();
  EXPECT_EQ(Type(pilot, 'n').request.step().choice().worker(), "A");
  pilot.Take(StandsAt(pilot, 1, " A"));
  const PilotAction second = Type(pilot, 'n');
  EXPECT_EQ(second.request.step().choice().worker(), "B");
  EXPECT_EQ(second.request.step().expected_step(), 1);
  pilot.Take(StandsAt(pilot, 4, " A! B2 A"));
  EXPECT_EQ(Type(pilot, 'n').kind, PilotAction::kNone);
  EXPECT_THAT(pilot.screen().status, HasSubstr("? says why"));
}

TEST(StepPilot, FromAnotherCourseItGoesBackToStep0First) {
  StepPilot pilot = PilotWithFinding();
  pilot.Take(StandsAt(pilot, 2, " A2"));
  const PilotAction action = Type(pilot, 'n');
  ASSERT_TRUE(action.request.has_rewind());
  EXPECT_EQ(action.request.rewind().step(), 0);
}

TEST(StepPilot, WithoutAFindingThereIsNothingToGoAlong) {
  StepPilot pilot(LostUpdateScreen());
  EXPECT_EQ(Type(pilot, 'n').kind, PilotAction::kNone);
  EXPECT_THAT(pilot.screen().status, HasSubstr("e looks for"));
}

TEST(StepPilot, AFindingIsOfItsVariantOnly) {
  StepPilot pilot = PilotWithFinding();
  pilot.TakeRestart("racy", pilot.screen().view);
  EXPECT_NE(pilot.screen().found, "");
  pilot.TakeRestart("mutex", pilot.screen().view);
  EXPECT_EQ(pilot.screen().found, "");
}

TEST(StepPilot, OnlyWhatFailedIsExplained) {
  StepPilot passing(LostUpdateScreen());
  EXPECT_EQ(Type(passing, '?').kind, PilotAction::kNone);
  EXPECT_THAT(passing.screen().status,
              AllOf(HasSubstr("nothing has failed"), HasSubstr("h tells what keys there are")));
  StepPilot failed(DeadlockScreen());
  EXPECT_EQ(Type(failed, '?').kind, PilotAction::kExplain);
}

TEST(StepPilot, HelpIsLeftByAnyKeyWhichThenDoesNothingElse) {
  StepPilot pilot(LostUpdateScreen());
  Type(pilot, 'h');
  EXPECT_TRUE(pilot.screen().help);
  EXPECT_EQ(Type(pilot, 'A').kind, PilotAction::kNone);
  EXPECT_FALSE(pilot.screen().help);
}

TEST(StepPilot, ArrowsScrollThePaneThatTabChose) {
  StepPilot pilot(LostUpdateScreen());
  pilot.Press({KeyKind::kTab});
  pilot.Press({KeyKind::kArrowDown});
  pilot.Press({KeyKind::kTab});
  pilot.Press({KeyKind::kPageUp});
  pilot.Next();
  EXPECT_EQ(pilot.screen().scrolls.objects, 1);
  EXPECT_LT(pilot.screen().scrolls.history, -1);
  Type(pilot, 'g');
  EXPECT_EQ(pilot.screen().scrolls, Scrolls());
}

TEST(StepPilot, CtrlDQuitsEverywhere) {
  StepPilot pilot(SignalScreen());
  Type(pilot, 'C');  // in the middle of a question
  pilot.Press({KeyKind::kInterrupt});
  EXPECT_EQ(pilot.Next().kind, PilotAction::kQuit);
}

}  // namespace
}  // namespace ipclab::cli
