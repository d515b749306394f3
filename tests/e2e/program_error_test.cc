// What is refused of programs: one clear error, nothing changed, and the server unharmed.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/program_lab.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using E = v1::Experiment;

std::string FirstViolation(const grpc::Status& status) {
  const auto request = BadRequestOf(status);
  return request.field_violations().empty() ? "" : request.field_violations(0).description();
}

TEST(ProgramErrorTest, EverythingWrongWithATextIsSaidAtOnceWithItsPlace) {
  const ProgramLab lab;
  const auto answer = lab.client().Create(OnSource("shared x = 0\nprocess P { y = z\n foo(x) }\n"));
  EXPECT_TRUE(Refused(answer.status, grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
  EXPECT_GE(ViolatedFields(answer.status).size(), 2u);
  EXPECT_THAT(ViolatedFields(answer.status), Contains("spec.program.source"));
  EXPECT_THAT(FirstViolation(answer.status), HasSubstr("line 2, column "));
}

TEST(ProgramErrorTest, AChoiceThatTheProgramDoesNotHaveIsRefusedWithWhatItHas) {
  const ProgramLab lab;
  auto request = OnProgram("lost_update", "rasy", {{"workers", 99}, {"wrkers", 1}});
  (*request.mutable_spec()->mutable_program()->mutable_mechanisms())["m"].set_mechanism("pipe");
  const auto answer = lab.client().Create(request);
  EXPECT_THAT(
      ViolatedFields(answer.status),
      testing::UnorderedElementsAre("spec.program.variant", "spec.program.parameters[\"workers\"]",
                                    "spec.program.parameters[\"wrkers\"]"));
  EXPECT_THAT(answer.status.error_message(), HasSubstr("racy"));
  const auto unknown = lab.client().Create(OnProgram("lost_updat"));
  EXPECT_THAT(FirstViolation(unknown.status), HasSubstr("did you mean \"lost_update\"?"));
  auto both = OnProgram("lost_update");
  both.mutable_spec()->mutable_program()->set_source("process P { }");
  EXPECT_THAT(ViolatedFields(lab.client().Create(both).status),
              ElementsAre("spec.program.program"));
}

TEST(ProgramErrorTest, AMechanismThatCannotCarryTheObjectIsRefused) {
  const ProgramLab lab;
  const auto refused = [&](const std::string& object, const std::string& mechanism) {
    auto request = OnProgram("bounded_buffer");
    auto& mechanisms = *request.mutable_spec()->mutable_program()->mutable_mechanisms();
    mechanisms[object].set_mechanism(mechanism);
    return lab.client().Create(request).status;
  };
  const std::string shown = lab.client()
                                .Create(OnProgram("bounded_buffer"))
                                ->spec()
                                .program()
                                .mechanisms()
                                .begin()
                                ->first;
  EXPECT_THAT(ViolatedFields(refused(shown, "no_such")),
              ElementsAre("spec.program.mechanisms[\"" + shown + "\"]"));
  EXPECT_THAT(ViolatedFields(refused(shown, "udp")),
              ElementsAre("spec.program.mechanisms[\"" + shown + "\"]"));
  EXPECT_THAT(FirstViolation(refused("nothing", "pipe")), HasSubstr("has no object of that name"));
  auto option = OnProgram("lost_update", "mutex");
  auto& mutex = (*option.mutable_spec()->mutable_program()->mutable_mechanisms())["m"];
  mutex.set_mechanism("mutex");
  (*mutex.mutable_options())["kind"] = "odd";
  EXPECT_THAT(ViolatedFields(lab.client().Create(option).status),
              ElementsAre("spec.program.mechanisms[\"m\"].options[\"kind\"]"));
}

TEST(ProgramErrorTest, WhatJoinsTwoIsRefusedWhereMoreUseIt) {
  const ProgramLab lab;
  const auto answer = lab.client().Create(
      OnSource("channel c[4] over posix_shm_ring\nprocess S[2] { send(c, self) }\n"
               "process R { a = receive(c)\n b = receive(c) }\n"));
  EXPECT_THAT(ViolatedFields(answer.status), ElementsAre("spec.program.mechanisms[\"c\"]"));
  EXPECT_THAT(FirstViolation(answer.status), HasSubstr("2 may send"));
  const auto typed = lab.client().Create(OnSource(
      "channel c[4] over pipe\nprocess S { send(c, 1, 2) }\nprocess R { a = receive(c, 2) }\n"));
  EXPECT_THAT(FirstViolation(typed.status), HasSubstr("by type"));
}

TEST(ProgramErrorTest, TooManyKernelObjectsAreRefused) {
  const ProgramLab lab;
  const auto answer =
      lab.client().Create(OnSource("mutex m[65]\nprocess P { lock(m[0])\n unlock(m[0]) }\n"));
  EXPECT_EQ(answer.status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_THAT(answer.status.error_message(), HasSubstr("at most 64"));
}

TEST(ProgramErrorTest, AScheduleThatCannotBeIsRefusedWithItsItem) {
  const ProgramLab lab;
  const auto refused = [&](const std::string& schedule) {
    auto request = OnProgram("lost_update", "mutex");
    request.mutable_spec()->mutable_program()->set_schedule(schedule);
    const auto answer = lab.client().Create(request);
    EXPECT_THAT(ViolatedFields(answer.status), ElementsAre("spec.program.schedule")) << schedule;
    return FirstViolation(answer.status);
  };
  EXPECT_THAT(refused("A B"), HasSubstr("step 2"));
  EXPECT_THAT(refused("A ?"), HasSubstr("?"));
  EXPECT_THAT(refused("A Z"), HasSubstr("Z"));
  EXPECT_THAT(refused("ab_ba_locks @12345678 : A"), HasSubstr("ab_ba_locks"));
  EXPECT_THAT(refused("lost_update mutex @12345678 : A"), HasSubstr("@12345678"));
  EXPECT_THAT(refused("lost_update racy : A"), HasSubstr("racy"));
}

TEST(ProgramErrorTest, AnotherHashIsRefused) {
  const ProgramLab lab;
  auto request = OnProgram("lost_update");
  request.mutable_spec()->mutable_program()->set_hash("12345678");
  EXPECT_THAT(ViolatedFields(lab.client().Create(request).status),
              ElementsAre("spec.program.hash"));
}

TEST(ProgramErrorTest, AStepThatMakesNoSenseChangesNothing) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update"));
  ASSERT_TRUE(lab.Step(name, "A", 2).ok());
  const std::string before = lab.View(name).SerializeAsString();
  const auto until = [](auto set) {
    v1::Until point;
    set(point);
    return point;
  };
  const v1::Choice any = ByPolicy(v1::Choice::KEEP);
  const struct {
    v1::Choice choice;
    v1::Until until;
    std::string field;
    std::string says;
  } kSlips[] = {
      {By("Q"), {}, "choice.worker", "A (Worker[0]), B (Worker[1])"},
      {By("A", "B"), {}, "choice.wakes", "nobody"},
      {any, until([](v1::Until& p) { p.set_label("999"); }), "until.label", "999"},
      {any, until([](v1::Until& p) { p.set_object("count"); }), "until.object", "counter"},
      {any, until([](v1::Until& p) { p.set_blocked("X"); }), "until.blocked", "A (Worker[0])"},
      {any, until([](v1::Until& p) { p.set_finished(""); }), "until.finished", "A (Worker[0])"},
      {any, until([](v1::Until& p) { p.set_predicate("counter ="); }), "until.predicate", "column"},
      {any, until([](v1::Until& p) { p.set_step(-1); }), "until.step", "must be"},
  };
  for (const auto& slip : kSlips) {
    const auto answer = lab.Step(name, slip.choice, 1, slip.until);
    EXPECT_EQ(answer.status.error_code(), grpc::INVALID_ARGUMENT) << slip.field;
    EXPECT_THAT(ViolatedFields(answer.status), Contains(slip.field));
    EXPECT_THAT(FirstViolation(answer.status), HasSubstr(slip.says)) << slip.field;
  }
  const auto done = lab.Step(name, "A");
  EXPECT_TRUE(Refused(done.status, grpc::FAILED_PRECONDITION, "WORKER_DONE"));
  EXPECT_EQ(lab.View(name).SerializeAsString(), before);
}

TEST(ProgramErrorTest, WhatIsOfProgramsIsRefusedOfMeasurements) {
  const ProgramLab lab;
  const std::string name = lab.client().CreateReady(Measure()).name();
  v1::StepExperimentRequest request;
  request.set_name(name);
  *request.mutable_choice() = By("A");
  EXPECT_THAT(ViolatedFields(lab.client().Step(request).status), ElementsAre("choice"));
  EXPECT_TRUE(Refused(lab.Rewind(name, 0).status, grpc::FAILED_PRECONDITION, "NO_PROGRAM"));
  v1::ForkExperimentRequest fork;
  fork.set_name(name);
  EXPECT_TRUE(Refused(lab.Fork(fork).status, grpc::FAILED_PRECONDITION, "NO_PROGRAM"));
}

TEST(ProgramErrorTest, WhatRunsOnForEverLocallyIsStuckAndHurtsNobody) {
  const ProgramLab lab;
  const std::string name = lab.Ready(
      OnSource("shared x = 0\nprocess P { x = 1\n while 1 == 1 { } }\nprocess Q { x = 2 }\n"));
  const auto stuck = lab.Step(name, "A");
  ASSERT_TRUE(stuck.ok()) << stuck.status.error_message();
  EXPECT_EQ(stuck->stopped(), v1::StepExperimentResponse::CHECK);
  EXPECT_EQ(WorkerOf(stuck->program(), "A").state(), v1::ProgramWorker::STUCK);
  EXPECT_TRUE(Refused(lab.Step(name, "A").status, grpc::FAILED_PRECONDITION, "WORKER_STUCK"));
  EXPECT_TRUE(lab.Step(name, "B").ok());
  EXPECT_TRUE(lab.Rewind(name, 0).ok());
}

TEST(ProgramErrorTest, AStepBeyondWhatIsKeptIsTheLast) {
  const ProgramLab lab;
  const std::string name =
      lab.Ready(OnSource("shared x = 0\nprocess P { while 1 == 1 { x = 1 } }\n"));
  const auto step = lab.Step(name, "A", 1'000'000);
  ASSERT_TRUE(step.ok()) << step.status.error_message();
  EXPECT_EQ(step->stopped(), v1::StepExperimentResponse::LIMIT);
  EXPECT_EQ(step->step(), 100'000);
  EXPECT_EQ(step->operations_size(), 256);
  EXPECT_TRUE(lab.Rewind(name, 3).ok());
}

constexpr char kLongLoops[] =
    "shared x = 0\nprocess P[2] { while 1 == 1 { x = 1\n repeat 7000 { } } }\n";

TEST(ProgramErrorTest, LocalCodeBeyondWhatACourseMayTakeIsTheLast) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnSource(kLongLoops));
  const auto step = lab.Step(name, "A", 1'000'000);
  ASSERT_TRUE(step.ok()) << step.status.error_message();
  EXPECT_EQ(step->stopped(), v1::StepExperimentResponse::LIMIT);
  EXPECT_LT(step->step(), 10'000);
  EXPECT_EQ(lab.View(name).state_hash(), step->program().state_hash());
  const auto more = lab.Step(name, "B");
  ASSERT_TRUE(more.ok()) << more.status.error_message();
  EXPECT_EQ(more->stopped(), v1::StepExperimentResponse::LIMIT);
  EXPECT_EQ(more->steps(), 0);
  v1::ForkExperimentRequest fork;
  fork.set_name(name);
  EXPECT_TRUE(lab.Fork(fork).ok());
  ASSERT_TRUE(lab.Rewind(name, 3).ok());
  EXPECT_EQ(lab.Step(name, "B")->step(), 4);
}

TEST(ProgramErrorTest, AScheduleOfTooMuchLocalCodeIsRefused) {
  const ProgramLab lab;
  auto request = OnSource(kLongLoops);
  request.mutable_spec()->mutable_program()->set_schedule("A50000 B50000");
  const auto created = lab.client().Create(request);
  EXPECT_THAT(ViolatedFields(created.status), ElementsAre("spec.program.schedule"));
  EXPECT_THAT(FirstViolation(created.status), HasSubstr("10000000 are made again"));
  v1::ReplayScheduleRequest replay;
  replay.set_source(kLongLoops);
  replay.set_schedule("mine : A50000 B50000");
  v1::ReplayScheduleResponse answer;
  const grpc::Status status =
      lab.programs()->ReplaySchedule(lab.client().NewContext().get(), replay, &answer);
  EXPECT_THAT(ViolatedFields(status), ElementsAre("schedule"));
  EXPECT_THAT(FirstViolation(status), HasSubstr("10000000 are made again"));
}

}  // namespace
}  // namespace ipclab
