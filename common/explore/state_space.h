// The distinct states of a program and the steps between them, as far as a search has seen them:
// what schedules are counted over, however many there are.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/explore/byte_budget.h"
#include "common/program/schedule.h"

namespace ipclab {

class StateSpace {
 public:
  static constexpr uint32_t kUnknown = UINT32_MAX;

  struct Edge {
    uint32_t to = kUnknown;  // until it was walked
    Choose choice;
  };

  // What it takes is taken from budget; what counting over it takes for a while, too.
  explicit StateSpace(ByteBudget& budget) : budget_(budget) {}

  // The next state, with all that can be chosen there: none of an end. has_failed: a check has, in
  // it or before it. False when there is no room.
  bool Add(std::span<const Choose> choices, bool has_failed);

  uint32_t size() const { return static_cast<uint32_t>(states_.size()); }
  std::span<const Edge> EdgesOf(uint32_t state) const;
  // Who can go on there, as bits.
  uint32_t EnabledIn(uint32_t state) const;
  bool HasFailed(uint32_t state) const { return states_[state].has_failed; }

  // The n-th choice of a state leads to another one.
  void Connect(uint32_t from, size_t n, uint32_t to) { edges_[FirstEdge(from) + n].to = to; }

 private:
  struct Node {
    uint32_t end_edge;
    bool has_failed;
  };

  size_t FirstEdge(uint32_t state) const { return state == 0 ? 0 : states_[state - 1].end_edge; }

  ByteBudget& budget_;
  std::vector<Node> states_;
  std::vector<Edge> edges_;  // in order of their states
};

}  // namespace ipclab
