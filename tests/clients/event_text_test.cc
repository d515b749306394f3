#include "clients/cli/event_text.h"

#include <gtest/gtest.h>

#include "tests/clients/measure/trials.h"

namespace ipclab::cli {
namespace {

v1::ExperimentEvent Event() {
  v1::ExperimentEvent event;
  event.mutable_time()->set_seconds(1'767'225'600);
  return event;
}

TEST(EventText, TellsTheStateBeforeAndAfterAndWhy) {
  v1::ExperimentEvent event = Event();
  event.mutable_state_change()->set_from(v1::Experiment::READY);
  event.mutable_state_change()->set_to(v1::Experiment::PENDING);
  event.mutable_state_change()->set_reason("waits for CPU 0, held by experiments/a");
  EXPECT_EQ(EventText(event),
            "00:00:00.000 READY -> PENDING: waits for CPU 0, held by experiments/a");
}

TEST(EventText, ASnapshotOfTheLivingTellsWhatItDoes) {
  v1::ExperimentEvent event = Event();
  event.mutable_snapshot()->set_state(v1::Experiment::RUNNING);
  event.mutable_snapshot()->set_step(12);
  *event.mutable_snapshot()->mutable_spec() = PipeSpec();
  EXPECT_EQ(HappeningText(event), "RUNNING at step 12: pipe, round_trip, 64 B, different_cores");
}

TEST(EventText, AStepOfAProgramTellsWhatWasDoneAndWhatCameOfIt) {
  v1::ExperimentEvent event = Event();
  v1::StepExperimentResponse& step = *event.mutable_step_done();
  step.set_step(4);
  step.set_steps(1);
  v1::ProgramOperation& operation = *step.add_operations();
  operation.set_worker("A");
  operation.set_operation("counter = 11");
  operation.set_effect("counter: 10 -> 11");
  EXPECT_EQ(HappeningText(event), "step 4: A counter = 11, counter: 10 -> 11");
  step.set_steps(3);
  v1::ProgramVerdict& verdict = *step.mutable_program()->mutable_verdict();
  verdict.set_failing(true);
  verdict.set_failed_check("finally counter == 12: counter is 11");
  EXPECT_EQ(HappeningText(event),
            "step 4, 3 further, the last: A counter = 11, counter: 10 -> 11; CHECK FAILED: finally "
            "counter == 12: counter is 11");
}

TEST(EventText, TheLastSnapshotTellsTheResultOrTheCause) {
  v1::ExperimentEvent event = Event();
  *event.mutable_snapshot() = PipeTrial({{1000, 500}}, 25'641);
  EXPECT_EQ(HappeningText(event), "SUCCEEDED at step 0: 25.6 k messages/s");
  event.mutable_snapshot()->set_state(v1::Experiment::ABORTED);
  event.mutable_snapshot()->mutable_end()->set_message("the server\n\033[2Jwas restarted");
  EXPECT_EQ(HappeningText(event), "ABORTED at step 0: the server\\x0a\\x1b[2Jwas restarted")
      << "nobody forges a line or clears the screen";
}

TEST(EventText, TellsStepsWorkersAndControl) {
  v1::ExperimentEvent step = Event();
  step.mutable_step_done()->set_step(7);
  step.mutable_step_done()->set_steps(2);
  step.mutable_step_done()->set_stopped(v1::StepExperimentResponse::COUNT);
  EXPECT_EQ(HappeningText(step), "step 7, 2 further (count)");
  v1::ExperimentEvent worker = Event();
  worker.mutable_worker_end()->set_index(1);
  worker.mutable_worker_end()->set_role("responder");
  worker.mutable_worker_end()->mutable_end()->set_class_(v1::End::OK);
  EXPECT_EQ(HappeningText(worker), "worker 1 (responder) ended: ok");
  v1::ExperimentEvent control = Event();
  control.mutable_control_change();
  EXPECT_EQ(HappeningText(control), "nobody controls it any more");
}

TEST(EventText, WhatANewerServerTellsIsNoError) {
  EXPECT_EQ(HappeningText(Event()), "something that this client does not know yet");
}

}  // namespace
}  // namespace ipclab::cli
