// Ways to go on for ever, and which of them are a livelock.

#include <gtest/gtest.h>

#include "common/explore/liveness.h"
#include "common/program/apply.h"
#include "tests/common/explore/explored.h"
#include "tests/common/program_run.h"
#include "tests/programs/catalogue.h"

namespace ipclab {
namespace {

std::vector<int64_t> CanonicalAfter(const Program& program, std::vector<Choose> steps,
                                    const std::vector<Choose>& more) {
  steps.insert(steps.end(), more.begin(), more.end());
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  EXPECT_TRUE(Follow(program, steps, state.data()).ok());
  std::vector<int64_t> canonical(state.size());
  Liveness(program).Canonical(state.data(), canonical.data());
  return canonical;
}

// The loop comes back to where it began, and every worker either makes a step of it or cannot
// somewhere in it.
void ExpectFair(const Program& program, const Lasso& lasso) {
  ASSERT_FALSE(lasso.loop.empty());
  EXPECT_EQ(CanonicalAfter(program, lasso.stem, {}),
            CanonicalAfter(program, lasso.stem, lasso.loop));
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  ASSERT_TRUE(Follow(program, lasso.stem, state.data()).ok());
  uint32_t owed = (1u << program.workers.size()) - 1;
  for (const Choose& step : lasso.loop) {
    Apply(program, state.data(), step.worker, step.wakes, nullptr);
    owed &= ~(1u << step.worker) & EnabledOf(program, state.data());
  }
  EXPECT_EQ(owed, 0u);
}

TEST(LivelockTest, PolitePartnersThatGiveWayForEver) {
  const Program program = CatalogueProgram("trylock_livelock", "for_ever");
  const Exploration all = Counted(program);
  EXPECT_TRUE(all.complete);
  EXPECT_TRUE(all.cyclic);
  EXPECT_EQ(all.schedules, 0u);
  ASSERT_TRUE(all.livelock.has_value());
  ExpectFair(program, *all.livelock);
  EXPECT_EQ(FormatItems(program, all.livelock->stem), "");
  EXPECT_EQ(FormatItems(program, all.livelock->loop), "A! B! A! B! A! B");
}

TEST(LivelockTest, WhoSpinsWhileTheOwnerIsNotChosenIsInNone) {
  for (const char* variant : {"test_then_set", "exchange", "ticket"}) {
    const Exploration all = Counted(CatalogueProgram("spinlock", variant));
    EXPECT_TRUE(all.cyclic);
    EXPECT_FALSE(all.livelock.has_value()) << variant;
  }
}

TEST(LivelockTest, SpinningForWhatNobodyWillDoIsOne) {
  const Program program = Compiled(
      "shared x\n"
      "process Spin { while x == 0 { } }\n"
      "process Other { y = 1; x = y - 1 }\n");
  const Exploration all = Counted(program);
  ASSERT_TRUE(all.livelock.has_value());
  ExpectFair(program, *all.livelock);
  // Other must first come to its end: before, it could go on all the time.
  EXPECT_EQ(FormatItems(program, all.livelock->stem), "B");
  EXPECT_EQ(FormatItems(program, all.livelock->loop), "A");
}

TEST(LivelockTest, WhoWaitsForALockThatIsTakenAgainAndAgainIsExcused) {
  const Program program = Compiled(
      "mutex m\n"
      "process Greedy { while 1 { lock(m); unlock(m) } }\n"
      "process Other { lock(m); unlock(m) }\n");
  const Exploration all = Counted(program);
  ASSERT_TRUE(all.livelock.has_value());
  ExpectFair(program, *all.livelock);
  EXPECT_EQ(FormatItems(program, all.livelock->loop), "A2");
}

TEST(LivelockTest, CyclicProgramsHaveAllTheirStatesAndOutcomes) {
  const Program program = Compiled(
      "shared x, y\n"
      "process Spin { while x == 0 { }; y = x }\n"
      "process Other { x = 1; x = 2 }\n");
  const Exploration all = Counted(program);
  EXPECT_TRUE(all.complete);
  EXPECT_TRUE(all.cyclic);
  EXPECT_EQ(all.schedules, 0u);
  EXPECT_FALSE(all.livelock.has_value());
  EXPECT_EQ(SchedulesByOutcome(all),
            (std::map<std::string, int64_t>{{"x=2, y=1", 0}, {"x=2, y=2", 0}}));
}

}  // namespace
}  // namespace ipclab
