#include "server/explore/schedule_answers.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/error_details.h"
#include "tests/server/explore/plan_of.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

absl::StatusOr<v1::ShrinkScheduleResponse> ShrinkOf(const std::string& schedule,
                                                    const std::string& source = LostUpdate()) {
  v1::ShrinkScheduleRequest request;
  request.set_schedule(schedule);
  request.set_source(source);
  return ShrinkSchedule(request, ProgramShelf(), ProgramMechanisms());
}

absl::StatusOr<v1::ExplainScheduleResponse> ExplainOf(const std::string& schedule,
                                                      const std::string& source = LostUpdate()) {
  v1::ExplainScheduleRequest request;
  request.set_schedule(schedule);
  request.set_source(source);
  return ExplainSchedule(request, ProgramShelf(), ProgramMechanisms());
}

TEST(ShrinkScheduleTest, HasTheFewestPreemptions) {
  const auto shrunk = ShrinkOf("mine : A B A B");
  ASSERT_TRUE(shrunk.ok()) << shrunk.status();
  EXPECT_EQ(shrunk->preemptions(), 1);
  EXPECT_EQ(shrunk->steps(), 4);
  EXPECT_THAT(shrunk->check(), HasSubstr("counter is 1"));
  EXPECT_THAT(shrunk->schedule(), StartsWith("mine @"));
  EXPECT_THAT(shrunk->schedule(), EndsWith(": A! B2 A"));
}

TEST(ExplainScheduleTest, NamesTheCheckAndAPair) {
  const auto explained = ExplainOf("mine : A B2 A");
  ASSERT_TRUE(explained.ok()) << explained.status();
  EXPECT_THAT(explained->check(), HasSubstr("counter is 1"));
  EXPECT_FALSE(explained->explanation().sentence().empty());
}

TEST(ScheduleAnswersTest, OneThatPassesIsRefused) {
  for (const std::string passes : {"mine : A2 B2", "mine : A B", "mine : "}) {
    const absl::Status refused = ShrinkOf(passes).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << passes << refused;
    EXPECT_THAT(Lacking(refused), ElementsAre("SCHEDULE_PASSES"));
    EXPECT_EQ(ExplainOf(passes).status(), refused);
  }
  EXPECT_THAT(std::string(ShrinkOf("mine : A B").status().message()), HasSubstr("still go on"));
}

TEST(ScheduleAnswersTest, AreRefusedAsAReplayIs) {
  for (const std::string wrong : {"mine @12345678 : A", "A B A B", "mine : C", "mine : A9", "?"}) {
    EXPECT_THAT(WrongFields(ShrinkOf(wrong).status()), ElementsAre("schedule")) << wrong;
    EXPECT_THAT(WrongFields(ExplainOf(wrong).status()), ElementsAre("schedule")) << wrong;
  }
  EXPECT_THAT(WrongFields(ShrinkOf("mine : A", "x").status()), ElementsAre("source"));
}

}  // namespace
}  // namespace ipclab
