#include "server/experiment_state.h"

#include <map>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace ipclab {
namespace {

using E = v1::Experiment;

const std::set<ExperimentState> kEnds = {E::SUCCEEDED, E::FAILED, E::CANCELLED, E::ABORTED};

// The life as the documents tell it.
const std::map<ExperimentState, std::set<ExperimentState>> kLife = {
    {E::STARTING, {E::READY, E::STOPPING}},
    {E::READY, {E::PENDING, E::RUNNING, E::STOPPING}},
    {E::PENDING, {E::RUNNING, E::PAUSED, E::STOPPING}},
    {E::RUNNING, {E::PAUSED, E::STOPPING}},
    {E::PAUSED, {E::PENDING, E::RUNNING, E::STOPPING}},
    {E::STOPPING, kEnds},
};

std::vector<ExperimentState> AllStates() {
  std::vector<ExperimentState> states;
  for (int i = E::State_MIN; i <= E::State_MAX; ++i) {
    if (E::State_IsValid(i)) states.push_back(static_cast<ExperimentState>(i));
  }
  return states;
}

std::set<ExperimentState> ReachableFrom(ExperimentState start) {
  std::set<ExperimentState> reached = {start};
  for (size_t before = 0; before != reached.size();) {
    before = reached.size();
    for (const ExperimentState from : std::set(reached)) {
      for (const ExperimentState to : AllStates()) {
        if (CanMove(from, to)) reached.insert(to);
      }
    }
  }
  return reached;
}

TEST(ExperimentStateTest, MovesAsItsLifeIsTold) {
  for (const ExperimentState from : AllStates()) {
    const auto found = kLife.find(from);
    for (const ExperimentState to : AllStates()) {
      EXPECT_EQ(CanMove(from, to), found != kLife.end() && found->second.count(to) > 0)
          << E::State_Name(from) << " to " << E::State_Name(to);
    }
  }
}

TEST(ExperimentStateTest, NothingLeavesAnEnd) {
  for (const ExperimentState state : AllStates()) {
    EXPECT_EQ(IsTerminal(state), kEnds.count(state) > 0) << E::State_Name(state);
    if (!IsTerminal(state)) continue;
    EXPECT_EQ(ReachableFrom(state).size(), 1u) << E::State_Name(state);
  }
}

TEST(ExperimentStateTest, EveryStateIsReachedFromTheFirst) {
  const std::set<ExperimentState> reached = ReachableFrom(E::STARTING);
  EXPECT_EQ(reached.size(), AllStates().size() - 1);
  EXPECT_EQ(reached.count(E::STATE_UNSPECIFIED), 0u);
}

TEST(ExperimentStateTest, EveryStateLeadsToEveryEnd) {
  for (const auto& [state, unused] : kLife) {
    const std::set<ExperimentState> reached = ReachableFrom(state);
    for (const ExperimentState end : kEnds) {
      EXPECT_EQ(reached.count(end), 1u) << E::State_Name(state) << " to " << E::State_Name(end);
    }
  }
}

}  // namespace
}  // namespace ipclab
