// Every program of the catalogue explored by worker processes on kernel objects, beside the model:
// the same schedules, outcomes and findings.

#include <string>

#include "common/program/words.h"
#include "gtest/gtest.h"
#include "tests/e2e/explore_calls.h"
#include "tests/programs/catalogue.h"
#include "tests/programs/catalogue_cases.h"

namespace ipclab {
namespace {

using Request = v1::ExploreProgramRequest;

// Beyond it takes processes too long for a test.
constexpr int64_t kMostStates = 3000;
constexpr int64_t kMostSchedules = 1500;

class ExploreCatalogueTest : public testing::TestWithParam<CatalogueCase> {
 protected:
  // One server for all: each exploration has workers of its own.
  static const ProgramLab& Lab() {
    static const ProgramLab lab;
    return lab;
  }

  static v1::Exploration Explore(Request::Mode mode, Request::Engine engine,
                                 Request::Reduction reduction) {
    Request request = Exploring(
        OnProgram(std::string(GetParam().program), std::string(GetParam().variant)), mode, engine);
    request.set_reduction(reduction);
    return ExploreToEnd(Lab(), request);
  }

  // All that does not depend on who executed it.
  static std::string Sum(const v1::Exploration& whole) {
    v1::Exploration sum;
    sum.set_complete(whole.complete());
    sum.set_schedules(whole.schedules());
    sum.set_failing(whole.failing());
    sum.set_deadlocked(whole.deadlocked());
    sum.set_cyclic(whole.cyclic());
    if (whole.has_min_preemptions()) sum.set_min_preemptions(whole.min_preemptions());
    *sum.mutable_outcomes() = whole.outcomes();
    return sum.DebugString();
  }
};

TEST_P(ExploreCatalogueTest, ProcessesComeToWhatTheModelSays) {
  if (GetParam().states > kMostStates) return;
  const v1::Exploration model = Explore(Request::COUNT, Request::MODEL, Request::STATE);
  EXPECT_TRUE(model.complete()) << model.stopped_at();
  EXPECT_EQ(model.cyclic(), GetParam().schedules == kCircular);
  const v1::Exploration real = Explore(Request::COUNT, Request::REAL, Request::STATE);
  EXPECT_EQ(Sum(real), Sum(model));
  EXPECT_EQ(real.states(), model.states());
  EXPECT_GT(real.runs(), 0);
  if (GetParam().schedules < 0 || GetParam().schedules > kMostSchedules) return;
  EXPECT_EQ(model.schedules(), std::to_string(GetParam().schedules));
  EXPECT_EQ(model.failing(), std::to_string(GetParam().failing));
  const v1::Exploration each = Explore(Request::COUNT, Request::REAL, Request::NONE);
  EXPECT_EQ(Sum(each), Sum(model));
  EXPECT_EQ(each.runs(), GetParam().schedules);
}

TEST_P(ExploreCatalogueTest, TheFirstFailureIsFoundByAsFewPreemptionsAsItTakes) {
  const v1::Exploration real =
      Explore(Request::FIND, Request::REAL, Request::REDUCTION_UNSPECIFIED);
  ASSERT_EQ(real.has_finding(), GetParam().fails()) << real.verdict();
  if (!GetParam().fails()) return;
  EXPECT_EQ(real.finding().preemptions(), GetParam().preemptions);
  EXPECT_TRUE(real.finding().shortest());
  EXPECT_FALSE(real.finding().explanation().empty());
  // What is said to fail does so when it is replayed.
  const Program program = CatalogueProgram(GetParam().program, GetParam().variant);
  const auto schedule = ParseSchedule(real.finding().schedule());
  ASSERT_TRUE(schedule.ok()) << real.finding().schedule();
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  ASSERT_TRUE(Follow(program, schedule->steps, state.data()).ok());
  EXPECT_EQ(FailureText(program, state.data()), real.finding().check());
}

INSTANTIATE_TEST_SUITE_P(All, ExploreCatalogueTest, testing::ValuesIn(CatalogueCases()),
                         [](const auto& each) { return each.param.name(); });

}  // namespace
}  // namespace ipclab
