// Programs that run: to a breakpoint, as far as they go, or free; watched, driven, paused; and what
// happens when a worker or the server dies.

#include <signal.h>

#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/program_lab.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using E = v1::Experiment;

constexpr char kEndlessProgram[] = "shared x = 0\nprocess P[2] { while 1 == 1 { x = x + 1 } }\n";

v1::RunExperimentRequest RunOf(const std::string& name, bool free = false) {
  v1::RunExperimentRequest request;
  request.set_name(name);
  request.set_free(free);
  return request;
}

TEST(ProgramRunTest, RunsAsFarAsItGoesAndStaysPaused) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update"));
  const E done = lab.RunAndWait(RunOf(name));
  EXPECT_EQ(done.state(), E::PAUSED);
  EXPECT_EQ(done.step(), 4);
  EXPECT_EQ(done.program().verdict().outcome(), "counter=12");
  EXPECT_FALSE(done.program().verdict().failing());
  ASSERT_TRUE(lab.client().Run(name).ok());  // there is nothing left to do
  EXPECT_EQ(lab.client().Get(name)->state(), E::PAUSED);
  EXPECT_TRUE(lab.Rewind(name, 0).ok());
}

TEST(ProgramRunTest, StopsAtABreakpoint) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update"));
  v1::RunExperimentRequest run = RunOf(name);
  run.mutable_until()->set_predicate("counter == 11");
  *run.mutable_choice() = ByPolicy(v1::Choice::ROUND_ROBIN);
  EXPECT_EQ(lab.RunAndWait(run).step(), 3);
}

TEST(ProgramRunTest, StartsByItselfWhenToldSo) {
  const ProgramLab lab;
  auto request = OnProgram("lost_update");
  request.mutable_spec()->set_start(v1::ExperimentSpec::RUN);
  const std::string name = lab.client().MustCreate(request);
  EXPECT_EQ(lab.client().AwaitState(name, E::PAUSED).program().step(), 4);
}

TEST(ProgramRunTest, FreeItLosesUpdatesAtFullSpeed) {
  const ProgramLab lab;
  const std::string name =
      lab.Ready(OnProgram("lost_update", "racy", {{"workers", 4}, {"rounds", 1'000'000}}));
  ASSERT_TRUE(lab.client().Run(RunOf(name, true)).ok());
  const E done = lab.client().AwaitEnd(name);
  ASSERT_EQ(done.state(), E::SUCCEEDED) << done.ShortDebugString();
  EXPECT_TRUE(done.result().program().failing()) << done.result().program().ShortDebugString();
  EXPECT_THAT(done.result().program().failed_check(), HasSubstr("finally counter == "));
  EXPECT_EQ(done.step(), 8'000'000);
  const v1::Metrics metrics = lab.client().GetMetrics(name).value;
  EXPECT_TRUE(metrics.program().free());
  EXPECT_EQ(metrics.program().steps(), 8'000'000);
  EXPECT_EQ(metrics.program().workers_size(), 4);
}

TEST(ProgramRunTest, FreeItKeepsThemWithALock) {
  const ProgramLab lab;
  const std::string name =
      lab.Ready(OnProgram("lost_update", "mutex", {{"workers", 4}, {"rounds", 10'000}}));
  ASSERT_TRUE(lab.client().Run(RunOf(name, true)).ok());
  const E done = lab.client().AwaitEnd(name);
  ASSERT_EQ(done.state(), E::SUCCEEDED) << done.ShortDebugString();
  EXPECT_FALSE(done.result().program().failing());
  EXPECT_EQ(done.result().program().outcome(), "counter=40010");
}

TEST(ProgramRunTest, FreeItStartsOnlyAtStep0) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update"));
  ASSERT_TRUE(lab.Step(name, "A").ok());
  const auto refused = lab.client().Run(RunOf(name, true));
  EXPECT_TRUE(Refused(refused.status, grpc::FAILED_PRECONDITION, "NOT_AT_STEP_0"));
  EXPECT_THAT(refused.status.error_message(), HasSubstr("rewind"));
  ASSERT_TRUE(lab.Rewind(name, 0).ok());
  ASSERT_TRUE(lab.client().Run(RunOf(name, true)).ok());
  EXPECT_EQ(lab.client().AwaitEnd(name).state(), E::SUCCEEDED);
}

TEST(ProgramRunTest, FreeItTakesItsCpusAndSteppedItTakesNone) {
  const ProgramLab lab;
  auto request = OnSource(kEndlessProgram);
  request.mutable_spec()->mutable_placement()->set_policy(v1::Placement::SAME_CPU);
  const std::string busy = lab.Ready(request);
  ASSERT_TRUE(lab.client().Run(RunOf(busy, true)).ok());
  lab.client().AwaitState(busy, E::RUNNING);
  auto other = OnProgram("lost_update");
  other.mutable_spec()->mutable_placement()->set_policy(v1::Placement::SAME_CPU);
  const std::string name = lab.Ready(other);
  EXPECT_TRUE(lab.Step(name, "A").ok());
  ASSERT_TRUE(lab.Rewind(name, 0).ok());
  ASSERT_TRUE(lab.client().Run(RunOf(name, true)).ok());
  EXPECT_EQ(lab.client().Get(name)->state(), E::PENDING);
  EXPECT_TRUE(
      Refused(lab.client().Pause(busy).status, grpc::FAILED_PRECONDITION, "EXPERIMENT_STATE"));
  ASSERT_TRUE(lab.client().Cancel(busy).ok());
  EXPECT_EQ(lab.client().AwaitEnd(name).state(), E::SUCCEEDED);
}

TEST(ProgramRunTest, ADeadlockOfAFreeRunIsFoundAndExplained) {
  ProgramLab lab({.flags = {"--stall-limit", "0.5"}});
  const std::string name = lab.Ready(
      OnSource("mutex m\nmutex n\nshared there = 0\n"
               "process P { lock(m)\n atomic_add(there, 1)\n await(there == 2)\n lock(n) }\n"
               "process Q { lock(n)\n atomic_add(there, 1)\n await(there == 2)\n lock(m) }\n"));
  ASSERT_TRUE(lab.client().Run(RunOf(name, true)).ok());
  const E done = lab.client().AwaitEnd(name);
  EXPECT_EQ(done.state(), E::FAILED);
  EXPECT_EQ(done.end().reason(), "NO_PROGRESS");
  EXPECT_THAT(done.end().message(), HasSubstr("deadlock"));
  EXPECT_FALSE(done.has_program()) << "nobody knows where they stood";
}

TEST(ProgramRunTest, PausesAnEndlessRunAndGoesOn) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnSource(kEndlessProgram));
  v1::RunExperimentRequest run = RunOf(name);
  *run.mutable_choice() = ByPolicy(v1::Choice::ROUND_ROBIN);
  ASSERT_TRUE(lab.client().Run(run).ok());
  const auto paused = lab.client().Pause(name);
  ASSERT_TRUE(paused.ok()) << paused.status.error_message();
  EXPECT_EQ(paused->state(), E::PAUSED);
  EXPECT_EQ(paused->program().step(), paused->step());
  const auto step = lab.Step(name, "B");
  ASSERT_TRUE(step.ok()) << step.status.error_message();
  EXPECT_EQ(step->step(), paused->step() + 1);
}

TEST(ProgramRunTest, WatchersSeeStepsAndRewinds) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update"));
  EventStream events = lab.client().Watch(name);
  EXPECT_EQ(events.Next()->snapshot().program().step(), 0);
  const auto step = lab.Step(name, "A");
  ASSERT_TRUE(lab.Rewind(name, 0).ok());
  v1::ExperimentEvent done;
  while (!done.has_step_done()) done = *events.Next();
  EXPECT_EQ(done.step_done().SerializeAsString(), step->SerializeAsString());
  while (!done.has_rewound()) done = *events.Next();
  EXPECT_EQ(done.rewound().step(), 0);
  EXPECT_THAT(done.rewound().enabled(), ElementsAre("A", "B"));
}

TEST(ProgramRunTest, IsDrivenOverOneStream) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update"));
  const auto context = lab.client().NewContext();
  const auto stream = lab.client().experiments().DriveExperiment(context.get());
  v1::DriveExperimentRequest request;
  request.set_name(name);
  *request.mutable_step()->mutable_choice() = By("A");
  request.mutable_step()->set_count(2);
  v1::DriveExperimentResponse answer;
  ASSERT_TRUE(stream->Write(request) && stream->Read(&answer));
  EXPECT_EQ(answer.step().step(), 2) << answer.ShortDebugString();
  ASSERT_TRUE(stream->Write(request) && stream->Read(&answer));
  EXPECT_EQ(answer.error().code(), grpc::FAILED_PRECONDITION);
  request.mutable_rewind()->set_step(1);
  ASSERT_TRUE(stream->Write(request) && stream->Read(&answer));
  EXPECT_EQ(answer.experiment().program().step(), 1) << answer.ShortDebugString();
  request.mutable_run()->set_free(true);
  ASSERT_TRUE(stream->Write(request) && stream->Read(&answer));
  EXPECT_EQ(answer.error().code(), grpc::FAILED_PRECONDITION);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(ProgramRunTest, CountsWhatWasDone) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update", "mutex"));
  for (const char* const worker : {"A", "A", "A", "A", "B"}) {
    ASSERT_TRUE(lab.Step(name, worker).ok());
  }
  ASSERT_TRUE(lab.Rewind(name, 0).ok());
  const v1::ProgramMetrics metrics = lab.client().GetMetrics(name)->program();
  EXPECT_EQ(metrics.steps(), 5);
  EXPECT_EQ(metrics.hand_offs(), 1);
  ASSERT_EQ(metrics.workers_size(), 2);
  EXPECT_EQ(metrics.workers(0).steps(), 4);
  EXPECT_EQ(metrics.workers(1).blocked_steps(), 3);
  EXPECT_FALSE(metrics.free());
}

TEST(ProgramRunTest, IsListedByItsProgramAndWithoutItsView) {
  const ProgramLab lab;
  lab.Ready(OnProgram("lost_update"));
  lab.Ready(OnProgram("ab_ba_locks"));
  v1::ListExperimentsRequest request;
  request.set_filter("program = \"ab_ba_locks\"");
  const auto list = lab.client().List(request);
  ASSERT_TRUE(list.ok()) << list.status.error_message();
  ASSERT_EQ(list->experiments_size(), 1);
  EXPECT_FALSE(list->experiments(0).has_program());
}

TEST(ProgramRunTest, AWorkerThatIsKilledWhileParkedFailsItWithItsSignal) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update"));
  ASSERT_TRUE(lab.Step(name, "A").ok());
  const E before = lab.client().Get(name).value;
  EXPECT_EQ(before.workers(1).role(), "Worker[1]");
  EXPECT_EQ(WorkerOf(before.program(), "B").pid(), before.workers(1).pid());
  ASSERT_EQ(::kill(before.workers(1).pid(), SIGKILL), 0);
  const E failed = lab.client().AwaitEnd(name);
  EXPECT_EQ(failed.state(), E::FAILED);
  EXPECT_EQ(failed.end().signal(), SIGKILL);
  EXPECT_THAT(failed.end().message(), HasSubstr("worker B (Worker[1])"));
  EXPECT_EQ(WorkerOf(failed.program(), "B").state(), v1::ProgramWorker::DEAD);
  EXPECT_EQ(WorkerOf(failed.program(), "A").state(), v1::ProgramWorker::READY);
  EXPECT_EQ(failed.step(), 1);
}

// LabServer itself fails the test when a process or an object is left.
TEST(ProgramRunTest, AServerThatIsKilledLeavesNothingAndTellsOfItAfterwards) {
  ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("bounded_buffer"));
  const std::string busy = lab.Ready(OnSource(kEndlessProgram));
  ASSERT_TRUE(lab.client().Run(RunOf(busy, true)).ok());
  lab.server().Kill();
  lab.server().Restart();
  for (const std::string& each : {name, busy}) {
    EXPECT_EQ(lab.client().Get(each)->state(), E::ABORTED);
    EXPECT_EQ(lab.client().GetMetrics(each)->program().steps(), 0);
  }
}

TEST(ProgramRunTest, WhatCameOfItSurvivesTheServer) {
  ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update"));
  ASSERT_TRUE(lab.Step(name, "A").ok());
  ASSERT_TRUE(lab.Step(name, "B", 2).ok());
  ASSERT_TRUE(lab.Step(name, "A").ok());
  ASSERT_TRUE(lab.client().Cancel(name).ok());
  lab.server().Terminate();
  lab.server().Restart();
  const E kept = lab.client().Get(name).value;
  EXPECT_EQ(kept.result().program().outcome(), "counter=11");
  EXPECT_EQ(kept.program().step(), 4);
  v1::ForkExperimentRequest fork;
  fork.set_name(name);
  fork.set_step(3);
  const auto forked = lab.Fork(fork);
  ASSERT_TRUE(forked.ok()) << forked.status.error_message();
  EXPECT_EQ(lab.client().AwaitState(forked->name(), E::READY).program().step(), 3);
}

}  // namespace
}  // namespace ipclab
