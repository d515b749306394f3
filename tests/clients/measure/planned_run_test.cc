#include "clients/cli/measure/planned_run.h"

#include <gtest/gtest.h>

#include "tests/clients/measure/trials.h"

namespace ipclab::cli {
namespace {

TEST(SpecOfTrial, ArrivalsByChanceHaveASeedOfTheirOwnInEachTrial) {
  PlannedItem item = {.spec = PipeSpec(), .name = "pipe 64 B", .quota = {.trials = 3, .again = 0}};
  EXPECT_FALSE(SpecOfTrial(item, 2).measure().has_load());
  v1::Load& load = *item.spec.mutable_measure()->mutable_load();
  load.set_per_second(1000);
  EXPECT_EQ(SpecOfTrial(item, 2).measure().load().seed(), 0) << "equal gaps need none";
  load.set_seed(7);
  EXPECT_EQ(SpecOfTrial(item, 1).measure().load().seed(), 7);
  EXPECT_EQ(SpecOfTrial(item, 2).measure().load().seed(), 8);
}

}  // namespace
}  // namespace ipclab::cli
