#include "clients/cli/explore/known_so_far.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/clients/explore/explorations.h"

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using Request = v1::ExploreProgramRequest;

Request CountRequest() {
  Request request;
  request.mutable_program()->set_program("lost_update");
  request.mutable_program()->set_variant("racy");
  request.set_mode(Request::COUNT);
  request.set_engine(Request::MODEL);
  return request;
}

TEST(BrokenOff, IsWhatTheLastProgressSaidAndNeverComplete) {
  KnownSoFar known;
  v1::ExploreEvent event;
  *event.mutable_progress() = ProgressOfCount();
  known.Take(event);
  const v1::Exploration exploration = BrokenOff(known, CountRequest(), "an interruption");
  EXPECT_FALSE(exploration.complete());
  EXPECT_EQ(exploration.stopped_at(), "an interruption");
  EXPECT_EQ(exploration.program(), "lost_update");
  EXPECT_EQ(exploration.variant(), "racy");
  EXPECT_EQ(exploration.mode(), Request::COUNT);
  EXPECT_EQ(exploration.engine(), Request::MODEL);
  EXPECT_EQ(exploration.schedules(), "924000");
  EXPECT_EQ(exploration.failing(), "900000");
  EXPECT_EQ(exploration.deadlocked(), "0");
  EXPECT_EQ(exploration.outcomes_size(), 3);
  EXPECT_THAT(exploration.verdict(), HasSubstr("it can fail"));
}

TEST(BrokenOff, CountsNothingWhereTheServerDidNot) {
  KnownSoFar known;
  known.progress = ProgressOfCount();
  known.progress->mutable_outcomes(1)->clear_schedules();
  EXPECT_EQ(BrokenOff(known, CountRequest(), "x").failing(), "");
}

TEST(BrokenOff, ABoundThatIsLookedAtIsNotDone) {
  KnownSoFar known;
  known.progress.emplace().set_bound(0);
  EXPECT_FALSE(BrokenOff(known, CountRequest(), "x").has_bound());
  known.progress->set_bound(2);
  EXPECT_EQ(BrokenOff(known, CountRequest(), "x").bound(), 1);
}

TEST(BrokenOff, BeforeAnythingIsKnownSaysSo) {
  const v1::Exploration exploration = BrokenOff({}, CountRequest(), "an interruption");
  EXPECT_EQ(exploration.schedules(), "");
  EXPECT_THAT(exploration.verdict(), HasSubstr("no failure so far"));
}

TEST(KnowsFailure, ByAFindingAnOutcomeOrANumber) {
  EXPECT_FALSE(KnowsFailure({}));
  v1::Exploration passing;
  *passing.add_outcomes() = Outcome("counter=12", "6");
  passing.set_failing("0");
  EXPECT_FALSE(KnowsFailure(passing));
  v1::Exploration by_outcome = passing;
  *by_outcome.add_outcomes() = Outcome("counter=11", "", /*failing=*/true);
  EXPECT_TRUE(KnowsFailure(by_outcome));
  v1::Exploration by_number = passing;
  by_number.set_failing("1");
  EXPECT_TRUE(KnowsFailure(by_number));
  v1::Exploration by_finding;
  *by_finding.mutable_finding() = LostUpdateFinding();
  EXPECT_TRUE(KnowsFailure(by_finding));
}

}  // namespace
}  // namespace ipclab::cli
