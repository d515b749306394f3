// What is asked of texts and schedules without an experiment.

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/program/program_description.h"
#include "server/program/replay.h"
#include "tests/server/program/program_catalogue.h"

namespace ipclab {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<v1::ReplayScheduleResponse> ReplayOf(const std::string& source,
                                                    const std::string& items) {
  v1::ReplayScheduleRequest request;
  request.set_source(source);
  request.set_schedule("mine : " + items);
  return Replay(request, ProgramShelf(), ProgramMechanisms());
}

v1::CheckProgramResponse CheckOf(const std::string& source) {
  v1::CheckProgramRequest request;
  request.set_source(source);
  return CheckProgramText(request, ProgramMechanisms());
}

TEST(ReplayTest, MakesEveryStepOrNamesTheFirstThatCannotBe) {
  constexpr char kLocks[] = "mutex m\nprocess P[2] { lock(m)\n unlock(m) }\n";
  const auto replayed = ReplayOf(kLocks, "A2 B2");
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_EQ(replayed->operations_size(), 4);
  EXPECT_EQ(replayed->view().step(), 4);
  const absl::Status impossible = ReplayOf(kLocks, "A B A9").status();
  EXPECT_TRUE(absl::IsInvalidArgument(impossible)) << impossible;
  EXPECT_THAT(std::string(impossible.message()), HasSubstr("step 2: B cannot go on"));
}

TEST(ReplayTest, AQueueHandsOverByPriorityAsItDoesOnProcesses) {
  constexpr char kQueue[] =
      "channel q[2] over posix_mq\n"
      "process P { send(q, 5, 1)\n send(q, 9, 2)\n x = receive(q) }\n";
  const auto replayed = ReplayOf(kQueue, "A3");
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_THAT(replayed->operations(2).effect(), HasSubstr("9"));
}

TEST(ReplayTest, MoreLocalCodeThanACourseMayTakeIsRefused) {
  const absl::Status refused =
      ReplayOf("shared x\nprocess P { while 1 == 1 { x = 1; repeat 7000 { } } }\n", "A100000")
          .status();
  EXPECT_TRUE(absl::IsInvalidArgument(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("10000000 are made again"));
}

TEST(CheckTextTest, WarnsOfWhatCannotBeRun) {
  const v1::CheckProgramResponse most = CheckOf("mutex m[64]\nprocess P { lock(m[0]) }\n");
  EXPECT_EQ(most.diagnostics_size(), 0) << most.ShortDebugString();
  const v1::CheckProgramResponse more = CheckOf("mutex m[65]\nprocess P { lock(m[0]) }\n");
  EXPECT_TRUE(more.has_program());
  ASSERT_EQ(more.diagnostics_size(), 1);
  EXPECT_EQ(more.diagnostics(0).severity(), v1::Diagnostic::WARNING);
  EXPECT_THAT(more.diagnostics(0).message(),
              HasSubstr("cannot be run: it has 65 objects with a kernel object behind them, at "
                        "most 64"));
}

TEST(CheckTextTest, WarnsOfWhoIsStuckBeforeTheFirstStep) {
  const v1::CheckProgramResponse response =
      CheckOf("shared x = 0\nprocess P {\n  while 1 == 1 { }\n  x = 1\n}\n");
  EXPECT_TRUE(response.has_program());
  ASSERT_EQ(response.diagnostics_size(), 1) << response.ShortDebugString();
  EXPECT_EQ(response.diagnostics(0).severity(), v1::Diagnostic::WARNING);
  EXPECT_EQ(response.diagnostics(0).span().line(), 3);
  EXPECT_THAT(response.diagnostics(0).message(),
              HasSubstr("fails before the first step: budget: A at line 3"));
}

}  // namespace
}  // namespace ipclab
