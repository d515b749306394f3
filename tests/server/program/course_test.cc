#include "server/program/course.h"

#include <optional>
#include <set>
#include <string>

#include "common/program/compile.h"
#include "common/program/state.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/program/aim.h"
#include "server/program/view.h"
#include "tests/server/error_details.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Response = v1::StepExperimentResponse;

constexpr char kCounter[] =
    "shared x = 10\n"
    "mutex m\n"
    "variant racy, locked\n"
    "process P[2] {\n"
    "  if variant == locked { lock(m) }\n"
    "  x = x + 1\n"
    "  if variant == locked { unlock(m) }\n"
    "}\n"
    "finally x == 12\n";

Program Compiled(const std::string& variant) {
  return CompileProgram("counter", kCounter, {variant, {}}).program.value();
}

Choose StepOf(int worker) { return {static_cast<int8_t>(worker), -1}; }

v1::Choice Named(const std::string& worker) {
  v1::Choice choice;
  choice.set_worker(worker);
  return choice;
}

// Carries out an aim to its end.
Response::Stopped GoOn(Course& course, const v1::Choice& choice, std::optional<int64_t> count,
                       const v1::Until& until = {}) {
  auto aim = Aim::Of(course, choice, count, until);
  EXPECT_TRUE(aim.ok()) << aim.status();
  while (true) {
    if (const auto why = aim->WhyNot(course)) return *why;
    const MadeStep made = course.Make(aim->Next(course));
    if (const auto why = aim->WhyStop(course, made)) return *why;
  }
}

TEST(CourseTest, WritesItsScheduleAsItGoes) {
  const Program program = Compiled("racy");
  Course course(program);
  EXPECT_EQ(course.schedule(), FormatSchedule(program, {}));
  for (const int worker : {0, 1, 1, 0}) {
    course.Make(StepOf(worker));
    EXPECT_EQ(course.schedule(), FormatSchedule(program, course.steps()));
    EXPECT_EQ(course.preemptions(), CountPreemptions(program, course.steps()));
  }
  EXPECT_EQ(course.preemptions(), 1);
}

TEST(CourseTest, RewindsToWhatItWas) {
  const Program program = Compiled("racy");
  Course course(program);
  course.Make({0, -1});
  const uint64_t hash = HashOf(program, course.state());
  const std::string schedule = course.schedule();
  course.Make({1, -1});
  course.Make({1, -1});
  course.Rewind(1);
  EXPECT_EQ(HashOf(program, course.state()), hash);
  EXPECT_EQ(course.schedule(), schedule);
  EXPECT_THAT(course.steps_of(), ElementsAre(1, 0));
  EXPECT_THAT(course.tally().steps, ElementsAre(1, 2));  // what was done was done
}

TEST(CourseTest, KeepsTheFirstFailureAndWhatItWasSeenBy) {
  const Program program = Compiled("racy");
  Course course(program);
  for (const int worker : {0, 1, 1}) course.Make(StepOf(worker));
  EXPECT_EQ(course.failure(), "");
  EXPECT_EQ(course.Make({0, -1}).failed_check, "finally x == 12: x is 11");
  EXPECT_EQ(course.failure(), "finally x == 12: x is 11");
  EXPECT_TRUE(VerdictOf(course).failing());
  EXPECT_EQ(VerdictOf(course).outcome(), "x=11");
  course.Rewind(3);
  EXPECT_FALSE(HasVerdict(course));
}

TEST(AimTest, EndsForTheReasonThatComesFirst) {
  const Program program = Compiled("locked");
  Course course(program);
  EXPECT_EQ(GoOn(course, Named("A"), 1), Response::COUNT);
  EXPECT_EQ(GoOn(course, {}, 100), Response::DONE);
  course.Rewind(0);
  v1::Until until;
  until.set_object("x");
  EXPECT_EQ(GoOn(course, Named("A"), std::nullopt, until), Response::UNTIL);
  EXPECT_EQ(course.step(), 3);
  EXPECT_EQ(GoOn(course, Named("P[0]"), 10), Response::DONE);
  until.set_predicate("x == 11");
  EXPECT_EQ(GoOn(course, {}, std::nullopt, until), Response::UNTIL);
  EXPECT_EQ(course.step(), 4);
}

TEST(AimTest, ACourseThatTookTooMuchLocalCodeIsFull) {
  const Program program =
      CompileProgram("long", "shared x\nprocess P { while 1 == 1 { x = 1; repeat 7000 { } } }")
          .program.value();
  Course course(program);
  EXPECT_EQ(GoOn(course, Named("A"), 100'000), Response::LIMIT);
  const int64_t full = course.step();
  EXPECT_LT(full, 10'000);
  EXPECT_GE(course.instructions(), ProgramLimits::kCourseInstructions);
  EXPECT_EQ(GoOn(course, {}, 1), Response::LIMIT);
  EXPECT_EQ(course.step(), full);
  std::vector<int64_t> again(static_cast<size_t>(program.state_words));
  EXPECT_TRUE(Follow(program, course.steps(), again.data()).ok());
  course.Rewind(3);
  EXPECT_EQ(GoOn(course, Named("A"), 1), Response::COUNT);
  EXPECT_EQ(course.step(), 4);
}

TEST(AimTest, WhoIsBlockedAtOnceIsRefusedAndWhoBecomesItStops) {
  const Program program = Compiled("locked");
  Course course(program);
  course.Make({0, -1});
  const absl::Status refused = Aim::Of(course, Named("B"), 1, {}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("held by A"));
  EXPECT_EQ(course.step(), 1);
}

TEST(AimTest, TheSameSeedChoosesAlikeFromTheSameStepOn) {
  const Program program = Compiled("racy");
  v1::Choice random;
  random.set_policy(v1::Choice::RANDOM);
  std::set<std::string> schedules;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    random.set_seed(seed);
    Course first(program);
    Course second(program);
    GoOn(first, random, 4);
    GoOn(second, random, 2);
    GoOn(second, random, 2);
    EXPECT_EQ(first.steps(), second.steps());
    schedules.insert(first.schedule());
  }
  EXPECT_GT(schedules.size(), 2u);
}

TEST(ViewTest, TellsAllThatAStepShows) {
  const Program program = Compiled("locked");
  Course course(program);
  const MadeStep made = course.Make({0, -1});
  const v1::ProgramOperation operation = OperationView(program, made);
  EXPECT_EQ(operation.step(), 1);
  EXPECT_EQ(operation.worker(), "A");
  EXPECT_EQ(operation.operation(), "lock(m)");
  EXPECT_EQ(operation.object(), "m");
  EXPECT_EQ(operation.span().line(), 5);
  const v1::ProgramView view = ViewOf(course, {});
  EXPECT_EQ(view.step(), 1);
  EXPECT_EQ(view.workers(0).state(), v1::ProgramWorker::READY);
  EXPECT_EQ(view.workers(0).next(), "read x");
  EXPECT_EQ(view.workers(1).state(), v1::ProgramWorker::BLOCKED);
  EXPECT_EQ(view.workers(1).waits_for(), "m");
  EXPECT_THAT(view.objects(1).owners(), ElementsAre("A"));
  EXPECT_THAT(view.objects(1).waiters(), ElementsAre("B"));
  EXPECT_EQ(view.objects(0).value(), "10");
  EXPECT_THAT(view.enabled(), ElementsAre("A"));
  EXPECT_EQ(view.checks(0).state(), v1::ProgramCheck::NOT_YET);
  EXPECT_FALSE(view.has_verdict());
  EXPECT_EQ(view.state_hash().size(), 16u);
}

TEST(ViewTest, WhatIsReceivedNextComesFirst) {
  Program program = CompileProgram("mq",
                                   "channel c[4] over posix_mq\n"
                                   "process S { send(c, 1, 1)\n send(c, 2, 9)\n send(c, 3, 9) }\n"
                                   "process R { a = receive(c) }\n")
                        .program.value();
  const auto values = [](const Course& course) {
    std::string text;
    const v1::ProgramView view = ViewOf(course, {});
    for (const auto& each : view.objects(0).records()) text += each.value();
    return text;
  };
  Course in_order(program);
  for (int i = 0; i < 3; ++i) in_order.Make({0, -1});
  EXPECT_EQ(values(in_order), "123");
  program.objects[0].discipline = Discipline::kByPriority;
  Course by_priority(program);
  for (int i = 0; i < 3; ++i) by_priority.Make({0, -1});
  EXPECT_EQ(values(by_priority), "231");
}

}  // namespace
}  // namespace ipclab
