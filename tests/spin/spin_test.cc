// The lab's explorer beside SPIN, which others wrote: the same outcomes, deadlocks and states.

#include <cstdint>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/explore/liveness.h"
#include "common/explore/outcomes.h"
#include "common/explore/search.h"
#include "common/program/words.h"
#include "gtest/gtest.h"
#include "tests/programs/catalogue.h"
#include "tests/spin/verification.h"

namespace ipclab {
namespace {

struct SpinCase {
  std::string program;
  std::string variant;
  std::map<std::string, int64_t> parameters = {};  // where they are not the program's own
};

std::string NameOf(const SpinCase& each) {
  std::string name = absl::StrCat(each.program, "_", each.variant);
  for (const auto& [parameter, value] : each.parameters) {
    absl::StrAppend(&name, "_", parameter, "_", value);
  }
  return name;
}

std::string NameOfCase(const ::testing::TestParamInfo<SpinCase>& each) {
  return NameOf(each.param);
}

void PrintTo(const SpinCase& each, std::ostream* out) { *out << NameOf(each); }

struct Explored {
  Exploration all;
  std::map<std::string, int64_t> ends;  // distinct ones by outcome, as Verification has them
  int64_t deadlocks = 0;
};

std::string OutcomeName(const std::string& outcome, bool failing) {
  return outcome + (failing ? " FAILS" : "");
}

Explored Explore(const Program& program) {
  const Liveness liveness(program);
  const std::unique_ptr<Search> search =
      MakeSearch(program, {.mode = SearchMode::kCount, .reduction = Reduction::kStates});
  Explored explored;
  std::set<std::vector<int64_t>> ends;
  while (const Run* const run = search->Next()) {
    std::vector<int64_t> end(static_cast<size_t>(program.state_words));
    liveness.Canonical(run->state, end.data());
    if (!run->is_whole || !ends.insert(std::move(end)).second) continue;
    ++explored.ends[OutcomeName(OutcomeText(program, run->state), HasFailed(run->state))];
    explored.deadlocks += IsDeadlock(program, run->state);
  }
  explored.all = search->Result();
  return explored;
}

std::set<std::string> OutcomesOf(const Exploration& exploration) {
  std::set<std::string> outcomes;
  for (const OutcomeTally& tally : exploration.outcomes) {
    outcomes.insert(OutcomeName(tally.outcome, tally.failing));
  }
  return outcomes;
}

std::set<std::string> OutcomesOf(const Verification& verification) {
  std::set<std::string> outcomes;
  for (const auto& [outcome, ends] : verification.ends) outcomes.insert(outcome);
  return outcomes;
}

class SpinTest : public ::testing::TestWithParam<SpinCase> {};

TEST_P(SpinTest, FindsWhatTheExplorerFinds) {
  const auto& [name, variant, parameters] = GetParam();
  const Program program = CatalogueProgram(name, variant, parameters);
  const absl::StatusOr<Verification> spin = VerifyWithSpin(program);
  ASSERT_TRUE(spin.ok()) << spin.status();

  const Explored lab = Explore(program);
  ASSERT_TRUE(lab.all.complete) << lab.all.stopped_at;
  EXPECT_EQ(OutcomesOf(lab.all), OutcomesOf(*spin));
  EXPECT_EQ(lab.ends, spin->ends);
  EXPECT_EQ(lab.deadlocks, spin->deadlocks);
  EXPECT_EQ(lab.all.states, spin->states);
}

const SpinCase kOwnSizes[] = {
    {"ab_ba_locks", "opposite"},
    {"ab_ba_locks", "same_order"},
    {"bounded_buffer", "no_mutex"},
    {"bounded_buffer", "mutex_first"},
    {"bounded_buffer", "correct"},
    {"counting_semaphore", "check_then_take"},
    {"counting_semaphore", "semaphore"},
    {"dining_philosophers", "left_first"},
    {"dining_philosophers", "ordered"},
    {"dining_philosophers", "waiter"},
    {"lost_update", "racy"},
    {"lost_update", "mutex"},
    {"lost_update", "semaphore"},
    {"lost_update", "atomic"},
    {"multiplex", "one_by_one"},
    {"multiplex", "together"},
    {"peterson", "test_first"},
    {"peterson", "no_turn"},
    {"peterson", "swapped"},
    {"peterson", "right"},
    {"publish_flag", "flag_first"},
    {"publish_flag", "data_first"},
    {"rendezvous", "one_waits"},
    {"rendezvous", "wait_first"},
    {"rendezvous", "post_first"},
    {"spinlock", "test_then_set"},
    {"spinlock", "exchange"},
    {"spinlock", "ticket"},
    {"stray_post", "stray"},
    {"stray_post", "paired"},
    {"torn_record", "unguarded"},
    {"torn_record", "locked"},
    {"torn_record", "versioned"},
    {"trylock_livelock", "gives_up"},
    {"trylock_livelock", "for_ever"},
    {"trylock_livelock", "in_order"},
    {"withdrawal", "unguarded"},
    {"withdrawal", "locked"},
    {"withdrawal", "compare_and_swap"},
};

INSTANTIATE_TEST_SUITE_P(OwnSizes, SpinTest, ::testing::ValuesIn(kOwnSizes), NameOfCase);

// Where rounds follow each other, and more than two race.
const SpinCase kLargerSizes[] = {
    {"bounded_buffer", "no_mutex", {{"items", 2}}},
    {"bounded_buffer", "mutex_first", {{"items", 2}}},
    {"bounded_buffer", "correct", {{"items", 2}}},
    {"dining_philosophers", "left_first", {{"n", 4}, {"meals", 2}}},
    {"dining_philosophers", "ordered", {{"n", 4}, {"meals", 2}}},
    {"dining_philosophers", "waiter", {{"n", 3}, {"meals", 2}}},
    {"lost_update", "racy", {{"rounds", 6}}},
    {"lost_update", "racy", {{"workers", 3}, {"rounds", 4}}},
    {"lost_update", "mutex", {{"workers", 3}, {"rounds", 2}}},
    {"lost_update", "semaphore", {{"workers", 3}, {"rounds", 2}}},
    {"lost_update", "atomic", {{"workers", 3}, {"rounds", 2}}},
    {"multiplex", "one_by_one", {{"lorries", 3}, {"places", 3}}},
    {"spinlock", "test_then_set", {{"workers", 3}}},
    {"spinlock", "ticket", {{"workers", 3}}},
    {"withdrawal", "unguarded", {{"customers", 3}, {"amount", 30}}},
    {"withdrawal", "compare_and_swap", {{"customers", 3}, {"amount", 30}}},
};

INSTANTIATE_TEST_SUITE_P(LargerSizes, SpinTest, ::testing::ValuesIn(kLargerSizes), NameOfCase);

}  // namespace
}  // namespace ipclab
