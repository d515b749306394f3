// What holds of all courses of the catalogue's programs: goals, circles, plain enumeration.

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
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

struct OtherSize {
  std::string_view program;
  std::string_view variant;
  std::map<std::string, int64_t> parameters;
};

void PrintTo(const OtherSize& each, std::ostream* out) {
  *out << each.program << " " << each.variant;
}

class OtherSizeTest : public ::testing::TestWithParam<OtherSize> {};

TEST_P(OtherSizeTest, DoesNotFailEither) {
  const auto& [name, variant, parameters] = GetParam();
  const StateGraph graph = ExploreStates(CatalogueProgram(name, variant, parameters), kMostOfAll);
  EXPECT_TRUE(graph.complete);
  EXPECT_EQ(graph.failing_states, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Catalogue, OtherSizeTest,
    ::testing::Values(
        OtherSize{"barbershop", "locked", {{"customers", 3}, {"chairs", 2}}},
        OtherSize{"barrier_reuse", "two_gates", {{"workers", 3}, {"laps", 3}}},
        OtherSize{"barrier_reuse", "barrier", {{"workers", 4}, {"laps", 3}}},
        OtherSize{"bounded_buffer", "correct", {{"items", 2}, {"slots", 1}}},
        OtherSize{"bounded_buffer_conditions", "correct", {{"consumers", 3}, {"slots", 2}}},
        OtherSize{"counting_semaphore", "semaphore", {{"workers", 5}}},
        OtherSize{"dining_philosophers", "ordered", {{"n", 5}}},
        OtherSize{"dining_philosophers", "waiter", {{"n", 4}, {"meals", 2}}},
        OtherSize{"dining_savages", "locked", {{"savages", 3}, {"meals", 3}, {"pot", 2}}},
        OtherSize{"h2o", "two_and_one", {{"molecules", 1}}},
        OtherSize{"lost_update", "atomic", {{"workers", 4}, {"rounds", 3}}},
        OtherSize{"matched_replies", "by_id", {{"clients", 4}}},
        OtherSize{"multiplex", "together", {{"lorries", 4}, {"places", 5}}},
        OtherSize{
            "multiplex", "one_by_one", {{"lorries", 4}, {"places", 5}}},  // as its answer says
        OtherSize{"readers_writers", "turnstile", {{"readers", 3}, {"visits", 2}}},
        OtherSize{"ready_flag", "handshake", {{"messages", 5}}},
        OtherSize{"santa_claus", "door", {{"reindeer", 2}, {"groups", 1}, {"group", 3}}},
        OtherSize{"spinlock", "exchange", {{"workers", 4}}},
        OtherSize{"spinlock", "ticket", {{"workers", 3}}},
        OtherSize{"stray_post", "paired", {{"workers", 3}}},
        OtherSize{"torn_record", "versioned", {{"records", 3}}},
        OtherSize{"two_full_pipes", "both_write", {{"capacity", 2}}},  // room for all
        OtherSize{"two_full_pipes", "in_turns", {{"records", 4}}},
        OtherSize{"withdrawal", "compare_and_swap", {{"customers", 3}, {"amount", 40}}}));

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
