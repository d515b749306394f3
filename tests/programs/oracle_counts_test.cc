// Numbers that two other models of the same rules gave, and such as can be counted by hand.

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/programs/catalogue.h"
#include "tests/programs/state_graph.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;
using ::testing::Pair;

StateGraph Explore(std::string_view name, std::string_view variant,
                   const std::map<std::string, int64_t>& parameters = {}) {
  return ExploreStates(CatalogueProgram(name, variant, parameters), 100'000);
}

struct OracleCase {
  std::string_view program;
  std::string_view variant;
  std::map<std::string, int64_t> parameters;
  int64_t schedules;
  int64_t failing;
};

void PrintTo(const OracleCase& each, std::ostream* out) {
  *out << each.program << " " << each.variant;
}

class OracleCountTest : public ::testing::TestWithParam<OracleCase> {};

TEST_P(OracleCountTest, IsExact) {
  const OracleCase& expected = GetParam();
  const StateGraph graph = Explore(expected.program, expected.variant, expected.parameters);
  EXPECT_THAT(graph.schedules, Optional(expected.schedules));
  EXPECT_THAT(graph.failing, Optional(expected.failing));
}

INSTANTIATE_TEST_SUITE_P(
    Oracle, OracleCountTest,
    ::testing::Values(OracleCase{"lost_update", "racy", {}, 6, 4},
                      OracleCase{"lost_update", "racy", {{"rounds", 2}}, 70, 64},
                      OracleCase{"lost_update", "racy", {{"rounds", 6}}, 2'704'156, 2'703'232},
                      OracleCase{"lost_update", "mutex", {{"rounds", 6}}, 924, 0},
                      OracleCase{"lost_update", "semaphore", {{"rounds", 6}}, 924, 0},
                      OracleCase{"lost_update", "racy", {{"workers", 3}}, 90, 84},
                      OracleCase{"ab_ba_locks", "opposite", {}, 6, 2},
                      OracleCase{"ab_ba_locks", "same_order", {}, 2, 0},
                      OracleCase{"dining_philosophers", "left_first", {}, 168, 6},
                      OracleCase{"dining_philosophers", "ordered", {}, 142, 0},
                      OracleCase{"counting_semaphore", "semaphore", {}, 2'550, 0}));

// Few enough steps to write all orders down.
INSTANTIATE_TEST_SUITE_P(
    ByHand, OracleCountTest,
    ::testing::Values(
        // Each reads and adds; who reads after the other has added does not add: 2. Both read
        // first: 2 x 2.
        OracleCase{"withdrawal", "unguarded", {}, 6, 4},
        // The flag, then the data before, between or behind the reader's three steps.
        OracleCase{"publish_flag", "flag_first", {}, 4, 2},
        OracleCase{"publish_flag", "data_first", {}, 1, 0},
        // Who takes the only record from the one pipe?
        OracleCase{"doubling_service", "one_pipe", {}, 2, 1},
        OracleCase{"doubling_service", "two_pipes", {}, 1, 0},
        // The flag is up first: 2. Else test, lock, sleep against flag, signal: of 6 orders 3 have
        // the signal last.
        OracleCase{"lost_wakeup", "test_then_sleep", {}, 8, 3}));

TEST(OracleCount, OfTwoByTwelveStepsByItsFinalValue) {
  const StateGraph graph = Explore("lost_update", "racy", {{"rounds", 6}});
  EXPECT_EQ(graph.states, 2'663);
  EXPECT_THAT(graph.outcomes,
              ElementsAre(Pair("counter=12", 8), Pair("counter=13", 320), Pair("counter=14", 5'504),
                          Pair("counter=15", 51'968), Pair("counter=16", 374'056),
                          Pair("counter=17", 793'952), Pair("counter=18", 841'552),
                          Pair("counter=19", 477'216), Pair("counter=20", 139'648),
                          Pair("counter=21", 19'008), Pair("counter=22", 924)));
}

TEST(OracleCount, OfTheShortestProgramByItsStates) {
  EXPECT_EQ(Explore("lost_update", "racy").states, 12);
}

}  // namespace
}  // namespace ipclab
