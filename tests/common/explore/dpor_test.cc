// Partial order reduction leaves schedules out, and no way in which a program can end.

#include "common/explore/dpor.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/program/apply.h"
#include "tests/common/enumerate.h"
#include "tests/common/explore/all_ends.h"
#include "tests/common/explore/explored.h"
#include "tests/common/explore/random_program.h"
#include "tests/common/oracle_programs.h"
#include "tests/common/program_run.h"
#include "tests/programs/catalogue.h"
#include "tests/programs/catalogue_cases.h"

namespace ipclab {
namespace {

#ifdef IPCLAB_SANITIZE
constexpr int64_t kMostRuns = 2'000;
constexpr uint32_t kRandomPrograms = 100;
#else
constexpr int64_t kMostRuns = 10'000;
constexpr uint32_t kRandomPrograms = 1'000;
#endif

constexpr SearchOptions kByDpor{.mode = SearchMode::kCount, .reduction = Reduction::kDpor};

Exploration Reduced(const Program& program, const SearchOptions& options = kByDpor) {
  const std::unique_ptr<Search> search = MakeDporSearch(program, options);
  while (search->Next() != nullptr) {
  }
  return search->Result();
}

class DporCatalogueTest : public ::testing::TestWithParam<CatalogueCase> {};

TEST_P(DporCatalogueTest, FindsEveryEnd) {
  const Program program = CatalogueProgram(GetParam().program, GetParam().variant);
  SearchOptions options = kByDpor;
  options.max_schedules = kMostRuns;
  const Exploration reduced = Reduced(program, options);
  // Those few that are too large even so are not what this is about.
  if (!reduced.complete) return;
  EXPECT_EQ(EndsOf(reduced), AllEnds(program));
  EXPECT_EQ(reduced.found.has_value(), GetParam().fails());
  if (GetParam().schedules > 0) {
    EXPECT_LE(reduced.schedules, static_cast<Count>(GetParam().schedules));
  }
}

TEST_P(DporCatalogueTest, FindsWhatFails) {
  const Program program = CatalogueProgram(GetParam().program, GetParam().variant);
  SearchOptions options = kByDpor;
  options.max_schedules = kMostRuns;
  const Exploration reduced = Reduced(program, options);
#ifdef IPCLAB_SANITIZE  // fewer runs do not reach every failure
  if (!reduced.complete && !reduced.found) return;
#endif
  ASSERT_EQ(reduced.found.has_value(), GetParam().fails());
  if (!reduced.found) return;
  EXPECT_TRUE(FailsWithItsLastStep(program, *reduced.found));
  EXPECT_GE(reduced.least_preemptions, GetParam().preemptions);
}

std::vector<CatalogueCase> AcyclicCases() {
  std::vector<CatalogueCase> cases;
  for (const CatalogueCase& each : CatalogueCases()) {
    if (each.schedules != kCircular) cases.push_back(each);
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, DporCatalogueTest, ::testing::ValuesIn(AcyclicCases()),
                         [](const auto& each) { return each.param.name(); });

TEST(DporTest, FindsEveryEndOfProgramsByLot) {
  Count made = 0;
  Count possible = 0;
  for (uint32_t seed = 0; seed < kRandomPrograms; ++seed) {
    const std::string text = RandomProgram(seed);
    const Program program = Compiled(text);
    const Exploration reduced = Reduced(program);
    ASSERT_TRUE(reduced.complete);
    ASSERT_EQ(EndsOf(reduced), AllEnds(program)) << "seed " << seed << "\n" << text;
    made += reduced.schedules;
    possible += static_cast<Count>(StateEnumeration(program).counts().schedules);
  }
  EXPECT_LT(made * 1'000, possible);
}

// A reduction that forgets whom a race needs before it can be turned around never lets R come
// first, Q fall asleep, and P write: there Q sleeps for ever.
TEST(DporTest, TurnsARaceAroundThatNeedsAnotherWorkerFirst) {
  const Program program = Compiled(R"(
shared x = 0
mutex m
process P { lock(m); x = 2; unlock(m) }
process Q { lock(m); unlock(m); futex_wait(x, 0) }
process R { woken = futex_wake(x, 1) }
)");
  const Exploration reduced = Reduced(program);
  EXPECT_EQ(EndsOf(reduced), AllEnds(program));
  EXPECT_EQ(reduced.outcomes.size(), 2);
}

TEST(DporTest, MakesOneScheduleOfIndependentWorkers) {
  const Program program = Compiled(R"(
shared a[4]
process P[4] { a[self] = 1; a[self] = a[self] + 1 }
)");
  EXPECT_EQ(CountText(Reduced(program).schedules), "1");
}

TEST(DporTest, MakesAsManySchedulesAsLocksHaveOrders) {
  EXPECT_EQ(CountText(Reduced(CatalogueProgram("dining_philosophers", "ordered")).schedules), "6");
  EXPECT_EQ(CountText(Reduced(Compiled(kCounterProgram, {"mutex", {{"rounds", 3}}})).schedules),
            "20");
}

TEST(DporTest, TriesEveryoneWhomASignalCanWake) {
  const Program program = Compiled(R"(
shared first = 0
mutex m
condition c
process Sleeper[3] {
  lock(m)
  cond_wait(c, m)
  if first == 0 { first = self + 1 }
  unlock(m)
}
process Waker { signal(c) }
observe first
)");
  const Exploration reduced = Reduced(program);
  EXPECT_EQ(EndsOf(reduced), AllEnds(program));
  EXPECT_EQ(reduced.outcomes.size(), 4) << "nobody, or one of three";
}

TEST(DporTest, GivesPossibleSchedulesToTheirEnd) {
  const Program program = CatalogueProgram("bounded_buffer_conditions", "one_condition");
  const std::unique_ptr<Search> search = MakeDporSearch(program, kByDpor);
  int64_t runs = 0;
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  while (const ipclab::Run* const run = search->Next()) {
    ++runs;
    EXPECT_TRUE(run->is_whole);
    ASSERT_TRUE(Follow(program, {run->steps.begin(), run->steps.end()}, state.data()).ok());
    EXPECT_TRUE(std::equal(state.begin(), state.end(), run->state));
    EXPECT_EQ(EnabledOf(program, run->state), 0u);
  }
  EXPECT_EQ(search->Next(), nullptr);
  const Exploration all = search->Result();
  EXPECT_EQ(all.runs, runs);
  EXPECT_EQ(CountText(all.schedules), std::to_string(runs));
  EXPECT_EQ(all.states, 0);
}

TEST(DporTest, CutsLongSchedulesAndSaysSo) {
  SearchOptions options = kByDpor;
  options.max_steps = 3;
  const Exploration cut = Reduced(CatalogueProgram("lost_update"), options);
  EXPECT_FALSE(cut.complete);
  EXPECT_GT(cut.truncated, 0);
  EXPECT_EQ(CountText(cut.schedules), "0");
  EXPECT_EQ(cut.stopped_at, "the limit of 3 steps of a schedule");
}

TEST(DporTest, StopsAtItsLimits) {
  SearchOptions options = kByDpor;
  options.max_schedules = 3;
  EXPECT_EQ(Reduced(CatalogueProgram("lost_update"), options).stopped_at,
            "the limit of 3 schedules");
  options.max_schedules = 4;
  EXPECT_TRUE(Reduced(CatalogueProgram("lost_update"), options).complete) << "there are no more";
  options.max_schedules = 0;
  options.max_bytes = 1;
  EXPECT_EQ(Reduced(CatalogueProgram("lost_update"), options).stopped_at, "the limit of 1 bytes");
}

TEST(DporTest, OfAProgramWithoutStepsThereIsOneSchedule) {
  const Exploration all = Reduced(Compiled("shared x = 1\nprocess P { }\nfinally x == 2\n"));
  EXPECT_TRUE(all.complete);
  EXPECT_EQ(CountText(all.schedules), "1");
  EXPECT_EQ(CountText(all.failing), "1");
  EXPECT_TRUE(all.found && all.found->empty());
}

}  // namespace
}  // namespace ipclab
