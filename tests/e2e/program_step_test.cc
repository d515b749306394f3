// Experiments on programs: stepped, rewound, forked, replayed; real processes, real objects.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/program_lab.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using E = v1::Experiment;
using Response = v1::StepExperimentResponse;

TEST(ProgramStepTest, LosesAnUpdateStepByStep) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update"));
  EXPECT_EQ(WorkerOf(lab.View(name), "A").next(), "read counter");
  EXPECT_THAT(lab.View(name).enabled(), ElementsAre("A", "B"));

  const auto read = lab.Step(name, "A");
  ASSERT_TRUE(read.ok()) << read.status.error_message();
  EXPECT_EQ(read->stopped(), Response::COUNT);
  EXPECT_EQ(read->step(), 1);
  ASSERT_EQ(read->operations_size(), 1);
  EXPECT_EQ(read->operations(0).worker(), "A");
  EXPECT_EQ(read->operations(0).operation(), "read counter");
  EXPECT_EQ(read->operations(0).effect(), "-> 10");
  EXPECT_EQ(WorkerOf(read->program(), "A").next(), "counter = 11");

  const auto both = lab.Step(name, "B", 2);
  ASSERT_TRUE(both.ok()) << both.status.error_message();
  EXPECT_EQ(both->stopped(), Response::DONE);
  EXPECT_EQ(ObjectOf(both->program(), "counter").value(), "11");
  EXPECT_THAT(ObjectOf(both->program(), "counter").kernel_value(), HasSubstr("11"));
  EXPECT_TRUE(both->operations(0).preemption());

  const auto last = lab.Step(name, "A");
  ASSERT_TRUE(last.ok()) << last.status.error_message();
  EXPECT_EQ(last->stopped(), Response::CHECK);
  EXPECT_EQ(ObjectOf(last->program(), "counter").value(), "11");
  EXPECT_TRUE(last->program().verdict().failing());
  EXPECT_THAT(last->program().verdict().failed_check(), StartsWith("finally counter == "));
  EXPECT_EQ(last->program().verdict().outcome(), "counter=11");
  EXPECT_TRUE(last->program().goal_reached());
  EXPECT_THAT(last->program().schedule(), HasSubstr(" : A! B2 A"));
  EXPECT_THAT(last->operations(0).failed_check(), StartsWith("finally"));

  const E parked = lab.client().Get(name).value;
  EXPECT_EQ(parked.state(), E::PAUSED);
  EXPECT_EQ(parked.step(), 4);
  EXPECT_EQ(parked.program().state_hash(), last->program().state_hash());
}

TEST(ProgramStepTest, WhoHoldsTheMutexIsSaidToWhoWaitsForIt) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update", "mutex"));
  ASSERT_TRUE(lab.Step(name, "A").ok());
  const v1::ProgramView view = lab.View(name);
  EXPECT_EQ(WorkerOf(view, "B").state(), v1::ProgramWorker::BLOCKED);
  EXPECT_EQ(WorkerOf(view, "B").waits_for(), "m");
  EXPECT_THAT(WorkerOf(view, "B").held_by(), ElementsAre("A"));
  EXPECT_THAT(ObjectOf(view, "m").owners(), ElementsAre("A"));
  EXPECT_THAT(ObjectOf(view, "m").waiters(), ElementsAre("B"));

  const auto blocked = lab.Step(name, "B");
  EXPECT_TRUE(Refused(blocked.status, grpc::FAILED_PRECONDITION, "WORKER_BLOCKED"));
  EXPECT_THAT(blocked.status.error_message(), HasSubstr("held by A"));
  EXPECT_EQ(lab.View(name).state_hash(), view.state_hash());

  // Who is named goes on until it would block.
  ASSERT_TRUE(lab.Step(name, "A", 3).ok());
  const auto through = lab.Step(name, "B", 100);
  EXPECT_EQ(through->stopped(), Response::DONE);
  EXPECT_EQ(through->steps(), 4);
  EXPECT_EQ(ObjectOf(through->program(), "counter").value(), "12");
  EXPECT_FALSE(through->program().verdict().failing());
}

TEST(ProgramStepTest, ACountThatCannotBeDoneEndsEarly) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("ab_ba_locks"));
  ASSERT_TRUE(lab.Step(name, "A").ok());
  const auto step = lab.Step(name, "B", 10);
  ASSERT_TRUE(step.ok()) << step.status.error_message();
  EXPECT_EQ(step->stopped(), Response::BLOCKED);
  EXPECT_LT(step->steps(), 10);
}

TEST(ProgramStepTest, RewindsAndTakesAnotherCourse) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update"));
  ASSERT_TRUE(lab.Step(name, "A", 2).ok());
  const std::string hash = lab.View(name).state_hash();
  ASSERT_TRUE(lab.Step(name, "B", 2).ok());
  const auto back = lab.Rewind(name, 2);
  ASSERT_TRUE(back.ok()) << back.status.error_message();
  EXPECT_EQ(back->state(), E::PAUSED);
  EXPECT_EQ(back->step(), 2);
  EXPECT_EQ(back->program().state_hash(), hash);
  EXPECT_EQ(ObjectOf(back->program(), "counter").value(), "11");
  const auto start = lab.Rewind(name, 0);
  ASSERT_TRUE(start.ok()) << start.status.error_message();
  EXPECT_EQ(ObjectOf(start->program(), "counter").value(), "10");
  EXPECT_THAT(start->program().enabled(), ElementsAre("A", "B"));
  const auto other = lab.Step(name, "B");
  EXPECT_EQ(other->operations(0).effect(), "-> 10");

  EXPECT_TRUE(Refused(lab.Rewind(name, 7).status, grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
  EXPECT_THAT(ViolatedFields(lab.Rewind(name, -1).status), ElementsAre("step"));
  EXPECT_EQ(lab.client().Get(name)->step(), 1);
}

TEST(ProgramStepTest, AForkGoesItsOwnWayFromWhereItWas) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update"));
  ASSERT_TRUE(lab.Step(name, "A", 2).ok());
  ASSERT_TRUE(lab.Step(name, "B").ok());
  v1::ForkExperimentRequest fork;
  fork.set_name(name);
  fork.set_step(1);
  fork.set_experiment_id("what-if");
  fork.set_request_id("123e4567-e89b-12d3-a456-426614174000");
  const auto forked = lab.Fork(fork);
  ASSERT_TRUE(forked.ok()) << forked.status.error_message();
  EXPECT_EQ(forked->name(), "experiments/what-if");
  lab.client().AwaitState("experiments/what-if", E::READY);
  const v1::ProgramView view = lab.View("experiments/what-if");
  EXPECT_EQ(view.step(), 1);
  EXPECT_THAT(view.schedule(), HasSubstr(" : A"));
  ASSERT_TRUE(lab.Step("experiments/what-if", "B", 2).ok());
  EXPECT_EQ(ObjectOf(lab.View(name), "counter").value(), "11");
  EXPECT_EQ(lab.View(name).step(), 3);

  ASSERT_TRUE(lab.Step(name, "B").ok());  // elsewhere meanwhile, and answered alike all the same
  EXPECT_EQ(lab.Fork(fork)->uid(), forked->uid());
  fork.set_step(2);
  EXPECT_EQ(lab.Fork(fork).status.error_code(), grpc::INVALID_ARGUMENT);
  fork.clear_request_id();
  EXPECT_EQ(lab.Fork(fork).status.error_code(), grpc::ALREADY_EXISTS);
  fork.set_experiment_id("another");
  fork.set_step(99);
  EXPECT_THAT(ViolatedFields(lab.Fork(fork).status), ElementsAre("step"));
}

TEST(ProgramStepTest, AScheduleIsFollowedBeforeItIsReady) {
  const ProgramLab lab;
  auto request = OnProgram("lost_update");
  request.mutable_spec()->mutable_program()->set_schedule("A B2");
  const std::string name = lab.Ready(request);
  const v1::ProgramView view = lab.View(name);
  EXPECT_EQ(view.step(), 3);
  EXPECT_EQ(ObjectOf(view, "counter").value(), "11");
  // A whole line as well.
  request.mutable_spec()->mutable_program()->set_schedule(view.schedule());
  const std::string again = lab.Ready(request);
  EXPECT_EQ(lab.View(again).state_hash(), view.state_hash());
}

TEST(ProgramStepTest, TheSameScheduleAThousandTimesIsTheSameCourseOfEveryProgram) {
  const ProgramLab lab;
  v1::ListProgramsResponse all;
  const grpc::Status listed =
      lab.programs()->ListPrograms(lab.client().NewContext().get(), {}, &all);
  ASSERT_TRUE(listed.ok()) << listed.error_message();
  ASSERT_GE(all.programs_size(), 20);
  for (const v1::Program& program : all.programs()) {
    const std::string name = lab.Ready(OnProgram(program.name()));
    const auto first = lab.Step(name, ByPolicy(v1::Choice::RANDOM, 7), 12);
    ASSERT_TRUE(first.ok()) << first.status.error_message();
    EXPECT_GT(first->step(), 0);
    const std::string operations = Operations(first.value);
    for (int i = 1; i < 1000; ++i) {
      ASSERT_TRUE(lab.Rewind(name, 0).ok());
      const auto again = lab.Step(name, ByPolicy(v1::Choice::RANDOM, 7), 12);
      ASSERT_TRUE(again.ok()) << again.status.error_message();
      ASSERT_EQ(again->program().state_hash(), first->program().state_hash())
          << program.name() << " " << i;
      ASSERT_EQ(Operations(again.value), operations) << program.name() << " " << i;
      ASSERT_EQ(again->program().schedule(), first->program().schedule());
    }
    lab.client().Cancel(name);
  }
}

TEST(ProgramStepTest, PoliciesChooseAsTheirNamesSay) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update", "racy", {{"workers", 3}}));
  const auto letters = [&](v1::Choice::Policy policy) {
    EXPECT_TRUE(lab.Rewind(name, 0).ok());
    std::string text;
    const auto step = lab.Step(name, ByPolicy(policy), 4);
    for (const auto& each : step->operations()) {
      text += each.worker();
    }
    return text;
  };
  EXPECT_EQ(letters(v1::Choice::KEEP), "AABB");
  EXPECT_EQ(letters(v1::Choice::LOWEST), "AABB");
  EXPECT_EQ(letters(v1::Choice::ROUND_ROBIN), "ABCA");
}

TEST(ProgramStepTest, AStaleExpectedStepChangesNothing) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update"));
  ASSERT_TRUE(lab.Step(name, "A").ok());
  v1::StepExperimentRequest request;
  request.set_name(name);
  request.set_expected_step(0);
  *request.mutable_choice() = By("B");
  const auto stale = lab.client().Step(request);
  EXPECT_TRUE(Refused(stale.status, grpc::ABORTED, "STEP_MISMATCH"));
  EXPECT_EQ(ErrorInfoOf(stale.status).metadata().at("step"), "1");
  EXPECT_EQ(lab.View(name).step(), 1);
}

TEST(ProgramStepTest, ARepeatedRequestIdGetsTheStoredAnswer) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update"));
  v1::StepExperimentRequest request;
  request.set_name(name);
  request.set_request_id("123e4567-e89b-12d3-a456-426614174001");
  *request.mutable_choice() = By("A");
  const auto first = lab.client().Step(request);
  const auto second = lab.client().Step(request);
  ASSERT_TRUE(second.ok()) << second.status.error_message();
  EXPECT_EQ(second->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(lab.View(name).step(), 1);
}

TEST(ProgramStepTest, StopsWhereItIsTold) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update", "mutex"));
  const auto stop = [&](const v1::Until& until) {
    EXPECT_TRUE(lab.Rewind(name, 0).ok());
    const auto step = lab.Step(name, ByPolicy(v1::Choice::KEEP), 0, until);
    EXPECT_TRUE(step.ok()) << step.status.error_message();
    EXPECT_EQ(step->stopped(), Response::UNTIL) << until.ShortDebugString();
    return step->step();
  };
  v1::Until until;
  until.set_step(3);
  EXPECT_EQ(stop(until), 3);
  until.set_object("counter");
  EXPECT_EQ(stop(until), 3);
  until.set_blocked("B");
  EXPECT_EQ(stop(until), 1);
  until.set_finished("A");
  EXPECT_EQ(stop(until), 4);
  until.set_predicate("counter == 12");
  EXPECT_EQ(stop(until), 7);
  until.set_label("B@" + std::to_string(WorkerOf(lab.View(name), "B").span().line()));
  EXPECT_GT(stop(until), 4);
}

TEST(ProgramStepTest, WhomASignalWakesCanBeChosen) {
  const ProgramLab lab;
  const std::string name =
      lab.Ready(OnSource("mutex m\n"
                         "condition c\n"
                         "shared woken = 0\n"
                         "process Sleeper[2] {\n"
                         "  lock(m)\n"
                         "  cond_wait(c, m)\n"
                         "  woken = self + 1\n"
                         "  unlock(m)\n"
                         "}\n"
                         "process Waker { signal(c) }\n"));
  ASSERT_TRUE(lab.Step(name, "A", 2).ok());
  ASSERT_TRUE(lab.Step(name, "B", 2).ok());
  EXPECT_THAT(WorkerOf(lab.View(name), "C").may_wake(), ElementsAre("A", "B"));
  const auto wrong = lab.Step(name, By("C", "C"), 1);
  EXPECT_THAT(ViolatedFields(wrong.status), ElementsAre("choice.wakes"));
  const auto woke = lab.Step(name, By("C", "B"), 1);
  ASSERT_TRUE(woke.ok()) << woke.status.error_message();
  EXPECT_EQ(woke->operations(0).woke(), "B");
  EXPECT_THAT(woke->program().enabled(), ElementsAre("B"));
  EXPECT_THAT(woke->program().schedule(), HasSubstr("C>B"));
}

}  // namespace
}  // namespace ipclab
