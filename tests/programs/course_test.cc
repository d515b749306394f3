// What holds of all courses of the catalogue's programs: goals, circles, plain enumeration.

#include <cstdint>
#include <string>
#include <vector>

#include "common/program/schedule.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/enumerate.h"
#include "tests/programs/catalogue.h"
#include "tests/programs/catalogue_cases.h"
#include "tests/programs/state_graph.h"

namespace ipclab {
namespace {

constexpr int64_t kMostOfAll = 400'000;
constexpr int64_t kFewSchedules = 20'000;

class CatalogueCourseTest : public ::testing::TestWithParam<CatalogueCase> {
 protected:
  Program program() const { return CatalogueProgram(GetParam().program, GetParam().variant); }
};

// The first variant is what a run starts with: there the goal is within reach. What cannot fail
// cannot come to it.
TEST_P(CatalogueCourseTest, ReachesItsGoalWhereItShould) {
  const Program each = program();
  ASSERT_GE(each.goal, 0) << "there is no condition to the goal";
  const StateGraph graph = ExploreStates(each, kMostOfAll);
  if (each.variant == each.text.variants.front()) {
    EXPECT_GT(graph.goals, 0);
  }
  if (!GetParam().fails()) {
    EXPECT_EQ(graph.goals, 0);
  }
}

TEST_P(CatalogueCourseTest, IsCountedAlikeOneByOne) {
  const int64_t schedules = GetParam().schedules;
  if (schedules < 0 || schedules > kFewSchedules) return;
  const Program each = program();
  const Counts counts = PlainEnumeration(each).counts();
  EXPECT_EQ(counts.schedules, schedules);
  EXPECT_EQ(counts.failing, GetParam().failing);
  EXPECT_EQ(counts.least_preemptions_to_fail, GetParam().fails() ? GetParam().preemptions : -1);
}

INSTANTIATE_TEST_SUITE_P(Catalogue, CatalogueCourseTest, ::testing::ValuesIn(CatalogueCases()),
                         [](const auto& each) { return each.param.name(); });

// In step with each other nobody is blocked, and nothing gets done.
TEST(CatalogueCourse, TheLivelockComesBackToWhereItWas) {
  const Program program = CatalogueProgram("trylock_livelock", "for_ever");
  std::vector<int64_t> begun(static_cast<size_t>(program.state_words));
  std::vector<int64_t> round(begun.size());
  ASSERT_TRUE(Follow(program, {}, begun.data()).ok());
  const absl::Status followed = Follow(program, StepsOf("A B A B A B"), round.data());
  ASSERT_TRUE(followed.ok()) << followed;
  EXPECT_EQ(round, begun);
}

TEST(CatalogueCourse, ASpinningProcessComesBackToWhereItWas) {
  const Program program = CatalogueProgram("spinlock", "exchange");
  std::vector<int64_t> once(static_cast<size_t>(program.state_words));
  std::vector<int64_t> often(once.size());
  ASSERT_TRUE(Follow(program, StepsOf("A B"), once.data()).ok());
  ASSERT_TRUE(Follow(program, StepsOf("A B7"), often.data()).ok());
  EXPECT_EQ(often, once);
}

}  // namespace
}  // namespace ipclab
