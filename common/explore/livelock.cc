#include "common/explore/livelock.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "common/explore/components.h"

namespace ipclab {
namespace {

// What a round through a whole component can be fair to, as bits of the workers.
struct Fairness {
  uint32_t step = 0;          // make a step inside it
  uint32_t always_can = ~0u;  // can go on in each of its states

  bool IsPossible() const { return step != 0 && (always_can & ~step) == 0; }
};

class LivelockFinder {
 public:
  explicit LivelockFinder(const StateSpace& graph)
      : graph_(graph), component_(ComponentsOf(graph)) {}

  std::optional<Lasso> Find() const {
    const std::vector<Fairness> fairness = FairnessOfAll();
    if (std::none_of(fairness.begin(), fairness.end(),
                     [](const Fairness& each) { return each.IsPossible(); })) {
      return std::nullopt;
    }
    const auto livelocks = [&](uint32_t state) { return fairness[component_[state]].IsPossible(); };
    Lasso lasso;
    uint32_t start = 0;
    if (!livelocks(start)) {
      start = Extend(
          lasso.stem, start, [](uint32_t, uint32_t) { return true; },
          [&](const StateSpace::Edge& edge) { return livelocks(edge.to); });
    }
    lasso.loop = RoundFrom(start);
    return lasso;
  }

 private:
  // How a way came to a state.
  struct Arrival {
    bool is_known = false;
    uint32_t from = 0;
    Choose choice;
  };

  bool IsInside(uint32_t from, uint32_t to) const { return component_[from] == component_[to]; }

  std::vector<Fairness> FairnessOfAll() const {
    std::vector<Fairness> all;
    for (uint32_t state = 0; state < graph_.size(); ++state) {
      if (all.size() <= component_[state]) all.resize(component_[state] + 1);
      Fairness& fairness = all[component_[state]];
      for (const StateSpace::Edge& edge : graph_.EdgesOf(state)) {
        if (edge.to == StateSpace::kUnknown || !IsInside(state, edge.to)) continue;
        fairness.step |= 1u << edge.choice.worker;
      }
      fairness.always_can &= graph_.EnabledIn(state);
    }
    return all;
  }

  // From a state back to it, by way of whatever is the nearest that is fair to one more worker.
  std::vector<Choose> RoundFrom(uint32_t start) const {
    const auto inside = [this](uint32_t from, uint32_t to) { return IsInside(from, to); };
    std::vector<Choose> round;
    uint32_t here = start;
    uint32_t owed = graph_.EnabledIn(start);
    while (owed != 0) {
      const size_t before = round.size();
      here = Extend(round, here, inside,
                    [&](const StateSpace::Edge& edge) { return (owed & Paid(edge)) != 0; });
      for (size_t i = before; i < round.size(); ++i) owed &= ~(1u << round[i].worker);
      owed &= graph_.EnabledIn(here);
    }
    if (here != start) {
      Extend(round, here, inside, [&](const StateSpace::Edge& edge) { return edge.to == start; });
    }
    return round;
  }

  // The workers that a step is fair to: who makes it, and who cannot go on behind it.
  uint32_t Paid(const StateSpace::Edge& edge) const {
    return 1u << edge.choice.worker | ~graph_.EnabledIn(edge.to);
  }

  // Appends the shortest way over allowed steps whose last one is wanted; there is one. Where it
  // leads to.
  template <class Allows, class Wants>
  uint32_t Extend(std::vector<Choose>& way, uint32_t start, const Allows& allows,
                  const Wants& wants) const {
    std::vector<Arrival> arrivals(graph_.size());
    std::vector<uint32_t> next{start};
    arrivals[start].is_known = true;
    for (size_t i = 0; i < next.size(); ++i) {
      const uint32_t from = next[i];
      for (const StateSpace::Edge& edge : graph_.EdgesOf(from)) {
        if (edge.to == StateSpace::kUnknown || !allows(from, edge.to)) continue;
        if (wants(edge)) {
          Append(arrivals, start, from, way);
          way.push_back(edge.choice);
          return edge.to;
        }
        if (arrivals[edge.to].is_known) continue;
        arrivals[edge.to] = {true, from, edge.choice};
        next.push_back(edge.to);
      }
    }
    return start;
  }

  static void Append(const std::vector<Arrival>& arrivals, uint32_t start, uint32_t end,
                     std::vector<Choose>& way) {
    const auto before = static_cast<std::ptrdiff_t>(way.size());
    for (; end != start; end = arrivals[end].from) way.push_back(arrivals[end].choice);
    std::reverse(way.begin() + before, way.end());
  }

  const StateSpace& graph_;
  const std::vector<uint32_t> component_;
};

}  // namespace

std::optional<Lasso> FindLivelock(const StateSpace& graph) { return LivelockFinder(graph).Find(); }

}  // namespace ipclab
