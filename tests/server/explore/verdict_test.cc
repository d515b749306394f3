#include "server/explore/verdict.h"

#include <cmath>
#include <string>

#include "gtest/gtest.h"
#include "tests/server/explore/plan_of.h"

namespace ipclab {
namespace {

using Request = v1::ExploreProgramRequest;

ExplorePlan Of(Request::Mode mode, Request::Reduction reduction = Request::REDUCTION_UNSPECIFIED) {
  Request request = ExploreText(LostUpdate(), mode);
  request.set_reduction(reduction);
  return PlanOf(request);
}

Exploration Counted(Count schedules, Count failing) {
  Exploration result;
  result.complete = true;
  result.schedules = schedules;
  result.failing = failing;
  result.runs = static_cast<int64_t>(schedules);
  result.states = 12;
  result.outcomes = {{"counter=2", schedules - failing, false, false}};
  if (failing > 0) result.outcomes.push_back({"counter=1", failing, true, false});
  return result;
}

Exploration StoppedAt(Exploration result, const std::string& limit) {
  result.complete = false;
  result.stopped_at = limit;
  return result;
}

std::string Verdict(const ExplorePlan& plan, const Exploration& result) {
  return VerdictOf(plan, result, /*longest=*/4);
}

TEST(VerdictTest, OfACountByEverySchedule) {
  const ExplorePlan plan = Of(Request::COUNT, Request::NONE);
  EXPECT_EQ(Verdict(plan, Counted(6, 4)),
            "All 6 schedules were executed by the model; 4 of them fail.");
  EXPECT_EQ(Verdict(plan, Counted(6, 0)),
            "All 6 schedules were executed by the model; none of them fails.");
  EXPECT_EQ(Verdict(plan, Counted(6, 1)),
            "All 6 schedules were executed by the model; 1 of them fails.");
  EXPECT_EQ(Verdict(plan, StoppedAt(Counted(100, 7), "the limit of 100 schedules")),
            "Stopped at the limit of 100 schedules: of the 100 schedules that were executed by the "
            "model 7 fail; of the others nothing is known.");
}

TEST(VerdictTest, OfACountByStates) {
  const ExplorePlan plan = Of(Request::COUNT);
  EXPECT_EQ(Verdict(plan, Counted(6, 4)), "All 12 states were seen: of 6 schedules 4 fail.");
  EXPECT_EQ(Verdict(plan, Counted(2, 0)),
            "All 12 states were seen: none of the 2 schedules fails.");
  Exploration cyclic = Counted(0, 0);
  cyclic.cyclic = true;
  EXPECT_EQ(Verdict(plan, cyclic),
            "All 12 states were seen; a course can come back to where it was, so there are "
            "infinitely many schedules, and none of them fails.");
  Exploration many = Counted(6, 4);
  many.overflow = true;
  EXPECT_EQ(Verdict(plan, many),
            "All 12 states were seen: there are more schedules than can be counted, and some of "
            "them fail.");
  EXPECT_EQ(Verdict(plan, StoppedAt(Counted(0, 0), "the limit of 1 MiB")),
            "Stopped at the limit of 1 MiB: of the 12 states that were seen none is on a schedule "
            "that is known to fail; of the others nothing is known.");
}

TEST(VerdictTest, OfOneScheduleForManyAlike) {
  const ExplorePlan plan = Of(Request::COUNT, Request::DPOR);
  EXPECT_EQ(Verdict(plan, Counted(4, 2)),
            "4 schedules were executed by the model in place of all, and every outcome is among "
            "them: the program can fail.");
}

TEST(VerdictTest, OfASearch) {
  const ExplorePlan plan = Of(Request::FIND);
  Exploration found = Counted(9, 1);
  found.found.emplace();
  found.least_preemptions = 1;
  EXPECT_EQ(Verdict(plan, found), "A schedule with 1 preemption fails; none with fewer does.");
  found.least_preemptions = 0;
  EXPECT_EQ(Verdict(plan, found), "A schedule without any preemption fails.");
  Exploration none = Counted(20, 0);
  none.bound = 3;
  EXPECT_EQ(Verdict(plan, none),
            "No schedule with at most 3 preemptions fails; with more there may be one that does.");
  none.truncated = 2;
  EXPECT_EQ(Verdict(plan, none),
            "No schedule with at most 3 preemptions fails; with more there may be one that does; 2 "
            "runs were cut off after 10000 steps, and how they would go on is not known.");
  none.truncated = 0;
  none.exhausted = true;
  EXPECT_EQ(Verdict(plan, none), "No schedule fails: all 20 schedules were executed by the model.");
  none.exhausted = false;
  none.bound = 1;
  EXPECT_EQ(Verdict(plan, StoppedAt(none, "the limit of 60 s")),
            "Stopped at the limit of 60 s: none of the 20 schedules that were looked at fails, all "
            "with at most 1 preemption among them; of the others nothing is known.");
}

TEST(VerdictTest, ASampleSaysHowProbablyItWouldHaveMissedABug) {
  const ExplorePlan plan = Of(Request::SAMPLE);
  const Exploration none = Counted(100, 0);
  const double missed = std::pow(1 - 1.0 / (2 * 4 * 4), 100);
  ASSERT_TRUE(MissProbability(plan, none, 4).has_value());
  EXPECT_NEAR(*MissProbability(plan, none, 4), missed, 1e-12);
  EXPECT_EQ(
      Verdict(plan, none),
      "None of 100 schedules drawn by lot fails; a bug of depth 3 would have been missed with "
      "a probability of at most 0.0418.");
  EXPECT_EQ(Verdict(plan, Counted(100, 3)), "3 of 100 schedules drawn by lot fail.");
  EXPECT_FALSE(MissProbability(plan, Counted(100, 3), 4).has_value());
}

TEST(VerdictTest, UniformLotsPromiseNothing) {
  Request request = ExploreText(LostUpdate(), Request::SAMPLE);
  request.set_sampler(Request::UNIFORM);
  const ExplorePlan plan = PlanOf(request);
  EXPECT_FALSE(MissProbability(plan, Counted(100, 0), 4).has_value());
  EXPECT_EQ(Verdict(plan, Counted(100, 0)),
            "None of 100 schedules drawn by lot fails; of those that were not drawn nothing is "
            "known.");
}

}  // namespace
}  // namespace ipclab
