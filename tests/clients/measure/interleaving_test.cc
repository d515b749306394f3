#include "clients/cli/measure/interleaving.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "clients/cli/measure/shifted_trials.h"
#include "tests/clients/measure/trials.h"

namespace ipclab::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

v1::Experiment Steady() { return PipeTrial({{900, 300}}, 1); }

v1::Experiment Shifted() {
  v1::Experiment trial = Steady();
  trial.mutable_result()->set_control_after_nanos(500);
  return trial;
}

// Runs nothing, notes what it was asked for, and answers by script.
class InterleavingTest : public testing::Test {
 protected:
  std::vector<ItemTrials> Run(const std::vector<TrialQuota>& quotas, uint64_t seed = 1) {
    return RunInterleaved(
        quotas, seed,
        [this](size_t item, int number) {
          asked_.push_back(item);
          return answer_(item, number);
        },
        [this](size_t item) { extra_.push_back(item); });
  }

  std::function<std::optional<TrialEnd>(size_t, int)> answer_ = [](size_t, int) {
    return Steady();
  };
  std::vector<size_t> asked_;
  std::vector<size_t> extra_;
};

TEST_F(InterleavingTest, EveryItemHasItsTurnInEveryRound) {
  const std::vector<ItemTrials> done = Run({{3, 0}, {3, 0}, {3, 0}});
  ASSERT_EQ(asked_.size(), 9u);
  for (size_t round = 0; round < 3; ++round) {
    const std::set<size_t> turns(asked_.begin() + static_cast<std::ptrdiff_t>(round * 3),
                                 asked_.begin() + static_cast<std::ptrdiff_t>(round * 3 + 3));
    EXPECT_THAT(turns, UnorderedElementsAre(0, 1, 2)) << round;
  }
  EXPECT_EQ(done[2].trials.size(), 3u);
  EXPECT_EQ(done[2].trials[1].number, 2);
}

TEST_F(InterleavingTest, PositionsAreThoseInTheWholeRun) {
  const std::vector<ItemTrials> done = Run({{2, 0}, {2, 0}});
  std::set<int> positions;
  for (const ItemTrials& each : done) {
    for (const Trial& trial : each.trials) positions.insert(trial.position);
  }
  EXPECT_THAT(positions, ElementsAre(1, 2, 3, 4));
}

TEST(OrderOfRound, IsTheSameForTheSameSeedAndAnotherForOthers) {
  EXPECT_EQ(OrderOfRound(20, 7, 3), OrderOfRound(20, 7, 3));
  EXPECT_NE(OrderOfRound(20, 7, 3), OrderOfRound(20, 8, 3));
  EXPECT_NE(OrderOfRound(20, 7, 3), OrderOfRound(20, 7, 4));
}

TEST(OrderOfRound, EveryItemComesFirstAboutAsOftenAsTheOthers) {
  std::vector<int> first(4);
  for (int round = 0; round < 4000; ++round) ++first[OrderOfRound(4, 5, round)[0]];
  for (const int times : first) EXPECT_NEAR(times, 1000, 120);
}

TEST_F(InterleavingTest, ItemsMayHaveFewerTrialsThanOthers) {
  const std::vector<ItemTrials> done = Run({{5, 0}, {1, 0}});
  EXPECT_EQ(done[0].trials.size(), 5u);
  EXPECT_EQ(done[1].trials.size(), 1u);
}

TEST_F(InterleavingTest, WhatThePlatformSpoiltIsRunAgainAndKept) {
  answer_ = [](size_t item, int number) { return item == 1 && number == 2 ? Shifted() : Steady(); };
  const std::vector<ItemTrials> done = Run({{3, 3}, {3, 3}});
  EXPECT_THAT(extra_, ElementsAre(1));
  ASSERT_EQ(done[1].trials.size(), 4u);
  EXPECT_EQ(CountUsed(done[1].trials), 3);
  EXPECT_NE(done[1].trials[1].left_out, "");
  EXPECT_EQ(done[0].trials.size(), 3u);
}

TEST_F(InterleavingTest, RunsAgainOnlySoOften) {
  answer_ = [](size_t, int number) { return number > 1 ? Shifted() : Steady(); };
  const std::vector<ItemTrials> done = Run({{3, 2}});
  EXPECT_EQ(done[0].trials.size(), 5u);
  EXPECT_EQ(CountUsed(done[0].trials), 1);
  EXPECT_FALSE(done[0].all_shifted);
}

TEST_F(InterleavingTest, WhereEveryTrialIsSpoiltThatIsSaid) {
  answer_ = [](size_t, int) { return Shifted(); };
  const std::vector<ItemTrials> done = Run({{2, 1}});
  EXPECT_TRUE(done[0].all_shifted);
  EXPECT_EQ(done[0].trials.size(), 3u);
}

TEST_F(InterleavingTest, AnItemThatFailsHasNoFurtherTrialAndTheOthersGoOn) {
  answer_ = [](size_t item, int number) -> std::optional<TrialEnd> {
    if (item == 0 && number == 2) {
      return Failure{.exit_code = ExitCode::kCheckFailed, .message = "worker 1 died"};
    }
    return Steady();
  };
  const std::vector<ItemTrials> done = Run({{4, 4}, {4, 4}});
  EXPECT_EQ(done[0].trials.size(), 1u);
  EXPECT_EQ(done[0].failure->message, "worker 1 died");
  EXPECT_EQ(done[1].trials.size(), 4u);
}

TEST_F(InterleavingTest, WithoutItsServerItEnds) {
  answer_ = [](size_t, int) {
    return Failure{.exit_code = ExitCode::kCannotConnect, .message = "gone"};
  };
  Run({{4, 4}, {4, 4}});
  EXPECT_EQ(asked_.size(), 1u);
}

TEST_F(InterleavingTest, AfterASignalThereIsWhatEachItemHas) {
  answer_ = [this](size_t, int) -> std::optional<TrialEnd> {
    if (asked_.size() == 6) return std::nullopt;
    return Steady();
  };
  const std::vector<ItemTrials> done = Run({{9, 9}, {9, 9}});
  EXPECT_EQ(asked_.size(), 6u);
  EXPECT_EQ(done[0].trials.size() + done[1].trials.size(), 5u);
  EXPECT_GE(std::min(done[0].trials.size(), done[1].trials.size()), 2u);
}

}  // namespace
}  // namespace ipclab::cli
