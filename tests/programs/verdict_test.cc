// Which programs of the catalogue can fail, how, and how many courses each has: over the model.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/program/apply.h"
#include "common/program/schedule.h"
#include "common/program/state.h"
#include "common/program/words.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/programs/catalogue.h"
#include "tests/programs/catalogue_cases.h"
#include "tests/programs/state_graph.h"

namespace ipclab {
namespace {

constexpr int64_t kMostStates = 400'000;
constexpr int kMostSteps = 2'000;

Program ProgramOf(const CatalogueCase& each) {
  return CatalogueProgram(each.program, each.variant);
}

FailureKind FailureAfter(const Program& program, const std::vector<Choose>& steps) {
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  const absl::Status followed = Follow(program, steps, state.data());
  EXPECT_TRUE(followed.ok()) << followed;
  return State(program, state.data()).failure().kind;
}

int64_t CountOf(const std::optional<int64_t>& schedules, const StateGraph& graph) {
  if (graph.cyclic) return kCircular;
  return schedules.value_or(kVast);
}

class CatalogueCaseTest : public ::testing::TestWithParam<CatalogueCase> {};

TEST_P(CatalogueCaseTest, FailsWithTheLastStepOfItsSchedule) {
  if (!GetParam().fails()) return;
  const Program program = ProgramOf(GetParam());
  std::vector<Choose> steps = StepsOf(GetParam().schedule);
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  const absl::Status followed = Follow(program, steps, state.data());
  ASSERT_TRUE(followed.ok()) << followed;
  EXPECT_EQ(FailureText(program, state.data()), GetParam().failure);
  EXPECT_EQ(FormatItems(program, steps), GetParam().schedule);
  EXPECT_EQ(CountPreemptions(program, steps), GetParam().preemptions);
  steps.pop_back();
  EXPECT_EQ(FailureAfter(program, steps), FailureKind::kNone);
}

TEST_P(CatalogueCaseTest, FailsByNoScheduleWithFewerPreemptions) {
  const Program program = ProgramOf(GetParam());
  const auto found = FindFailing(program, kMostStates);
  ASSERT_EQ(found.has_value(), GetParam().fails());
  if (!found) return;
  EXPECT_EQ(CountPreemptions(program, *found), GetParam().preemptions);
  EXPECT_EQ(found->size(), StepsOf(GetParam().schedule).size());
}

TEST_P(CatalogueCaseTest, HasAsManyCoursesAsStated) {
  const StateGraph graph = ExploreStates(ProgramOf(GetParam()), kMostStates);
  ASSERT_TRUE(graph.complete);
  EXPECT_EQ(graph.states, GetParam().states);
  EXPECT_EQ(CountOf(graph.schedules, graph), GetParam().schedules);
  EXPECT_EQ(CountOf(graph.failing, graph), GetParam().failing);
  EXPECT_EQ(graph.failing_states > 0, GetParam().fails());
}

// Where an item is not possible any more, that is what the mending does.
TEST_P(CatalogueCaseTest, PassesTheSchedulesOfTheVariantsThatFail) {
  if (GetParam().fails()) return;
  const Program program = ProgramOf(GetParam());
  for (const CatalogueCase& other : CatalogueCases()) {
    if (other.program != GetParam().program || !other.fails()) continue;
    const std::vector<Choose> course = CourseAlong(program, other.schedule, kMostSteps);
    EXPECT_EQ(FailureAfter(program, course), FailureKind::kNone) << other.schedule;
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, CatalogueCaseTest, ::testing::ValuesIn(CatalogueCases()),
                         [](const auto& each) { return each.param.name(); });

TEST(CatalogueCases, AreAllVariantsOfAllPrograms) {
  std::vector<std::string> stated;
  for (const CatalogueCase& each : CatalogueCases()) stated.push_back(each.name());
  std::vector<std::string> there;
  for (const std::string& name : CatalogueNames()) {
    for (const std::string& variant : CatalogueProgram(name).text.variants) {
      there.push_back(name + "_" + variant);
    }
  }
  EXPECT_THAT(stated, ::testing::ElementsAreArray(there));
}

TEST(CatalogueCases, TheFirstVariantFailsAndTheLastDoesNot) {
  std::map<std::string_view, std::vector<bool>> fails;
  for (const CatalogueCase& each : CatalogueCases()) fails[each.program].push_back(each.fails());
  for (const auto& [program, variants] : fails) {
    EXPECT_TRUE(variants.front()) << program;
    EXPECT_FALSE(variants.back()) << program;
  }
}

}  // namespace
}  // namespace ipclab
