#include "tests/common/explore/explored.h"

#include <gtest/gtest.h>

#include "common/explore/outcomes.h"
#include "common/program/apply.h"
#include "common/program/schedule.h"
#include "tests/common/oracle_programs.h"
#include "tests/common/program_run.h"

namespace ipclab {
namespace {

void LookAt(const Program& program, const Run& run) {
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  const absl::Status followed = Follow(program, {run.steps.begin(), run.steps.end()}, state.data());
  EXPECT_TRUE(followed.ok()) << followed;
  EXPECT_TRUE(std::equal(state.begin(), state.end(), run.state));
  EXPECT_EQ(EnabledOf(program, run.state) == 0, run.is_whole);
}

}  // namespace

Program CounterOf(int64_t workers, int64_t rounds, const char* variant) {
  return Compiled(kCounterProgram, {variant, {{"workers", workers}, {"rounds", rounds}}});
}

Exploration Explored(const Program& program, const SearchOptions& options) {
  const std::unique_ptr<Search> search = MakeSearch(program, options);
  int64_t runs = 0;
  int64_t steps = 0;
  while (const Run* const run = search->Next()) {
    ++runs;
    steps += static_cast<int64_t>(run->steps.size());
    LookAt(program, *run);
  }
  EXPECT_EQ(search->Next(), nullptr);
  Exploration exploration = search->Result();
  EXPECT_EQ(exploration.runs, runs);
  EXPECT_EQ(exploration.steps, steps);
  EXPECT_EQ(exploration.complete, exploration.stopped_at.empty());
  return exploration;
}

Exploration Counted(const Program& program, Reduction reduction) {
  return Explored(program, {.mode = SearchMode::kCount, .reduction = reduction});
}

std::vector<std::string> RunsOf(const Program& program, const SearchOptions& options) {
  const std::unique_ptr<Search> search = MakeSearch(program, options);
  std::vector<std::string> runs;
  while (const Run* const run = search->Next()) {
    runs.push_back(FormatItems(program, {run->steps.begin(), run->steps.end()}));
  }
  return runs;
}

std::map<std::string, int64_t> SchedulesByOutcome(const Exploration& exploration) {
  std::map<std::string, int64_t> schedules;
  for (const OutcomeTally& each : exploration.outcomes) {
    schedules[each.outcome] += static_cast<int64_t>(each.schedules);
  }
  return schedules;
}

bool FailsWithItsLastStep(const Program& program, const std::vector<Choose>& steps) {
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  const std::vector<Choose> before(steps.begin(), steps.empty() ? steps.end() : steps.end() - 1);
  EXPECT_TRUE(Follow(program, before, state.data()).ok());
  if (!steps.empty() && HasFailed(state.data())) return false;
  EXPECT_TRUE(Follow(program, steps, state.data()).ok());
  return HasFailed(state.data());
}

}  // namespace ipclab
