#include "common/explore/state_space.h"

namespace ipclab {
namespace {

// What counting, the search for the fewest preemptions or that for a livelock need, the greatest of
// the three.
constexpr int64_t kCountingBytesOfState = 24;
constexpr int64_t kCountingBytesOfEdge = 24;

}  // namespace

bool StateSpace::Add(std::span<const Choose> choices, bool has_failed) {
  const auto count = static_cast<int64_t>(choices.size());
  if (edges_.size() + choices.size() >= kUnknown || !budget_.MakeRoom(states_) ||
      !budget_.MakeRoom(edges_, choices.size()) ||
      !budget_.Take(kCountingBytesOfState + count * kCountingBytesOfEdge)) {
    return false;
  }
  for (const Choose& choice : choices) edges_.push_back({kUnknown, choice});
  states_.push_back({static_cast<uint32_t>(edges_.size()), has_failed});
  return true;
}

std::span<const StateSpace::Edge> StateSpace::EdgesOf(uint32_t state) const {
  const size_t first = FirstEdge(state);
  return {edges_.data() + first, states_[state].end_edge - first};
}

uint32_t StateSpace::EnabledIn(uint32_t state) const {
  uint32_t enabled = 0;
  for (const Edge& edge : EdgesOf(state)) enabled |= 1u << edge.choice.worker;
  return enabled;
}

}  // namespace ipclab
