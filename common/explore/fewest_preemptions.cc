#include "common/explore/fewest_preemptions.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "common/explore/choices.h"

namespace ipclab {
namespace {

// A state together with who made the step to it, which decides what costs a preemption. There are
// as many of them as there are workers that lead to the state; of state 0 also one for nobody.
class Pairs {
 public:
  explicit Pairs(const StateSpace& graph) : arrivals_(graph.size()), first_(graph.size()) {
    for (uint32_t state = 0; state < graph.size(); ++state) {
      for (const StateSpace::Edge& edge : graph.EdgesOf(state)) {
        if (edge.to != StateSpace::kUnknown) arrivals_[edge.to] |= Bit(edge.choice.worker);
      }
    }
    uint32_t count = 1;  // pair 0: state 0 and nobody
    for (uint32_t state = 0; state < graph.size(); ++state) {
      first_[state] = count;
      count += static_cast<uint32_t>(std::popcount(arrivals_[state]));
    }
    count_ = count;
  }

  uint32_t count() const { return count_; }
  uint32_t Of(uint32_t state, int worker) const {
    return first_[state] +
           static_cast<uint32_t>(std::popcount(arrivals_[state] & (Bit(worker) - 1)));
  }

 private:
  static uint32_t Bit(int worker) { return uint32_t{1} << worker; }

  std::vector<uint32_t> arrivals_;  // workers, as bits
  std::vector<uint32_t> first_;
  uint32_t count_ = 0;
};

// Each pair is looked at once, when it has cost the fewest preemptions and then the fewest steps.
class FewestFirst {
 public:
  explicit FewestFirst(const StateSpace& graph)
      : graph_(graph), pairs_(graph), steps_to_(pairs_.count(), Step{kNone, {}}) {}

  LeastFailure Find() {
    steps_to_[0] = {0, {}};
    Put(here_, 0, {0, 0, -1});
    for (int preemptions = 0;; ++preemptions) {
      const BySteps held = std::exchange(held_, {});
      // here_ grows while it is gone through.
      for (size_t steps = 0; steps < std::max(here_.size(), held.size()); ++steps) {
        if (steps < held.size()) {
          for (const Visit& visit : held[steps]) GoOn(visit, steps, true);
        }
        const std::vector<Visit> visits = TakeAt(steps);
        for (const Visit& visit : visits) {
          if (graph_.HasFailed(visit.state)) return {preemptions, StepsTo(visit.pair)};
          GoOn(visit, steps, false);
        }
      }
      here_.clear();
    }
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  struct Visit {
    uint32_t state;
    uint32_t pair;
    int worker;
  };
  using BySteps = std::vector<std::vector<Visit>>;

  // The step that led to a pair.
  struct Step {
    uint32_t from;
    Choose choice;
  };

  static void Put(BySteps& visits, size_t steps, const Visit& visit) {
    if (visits.size() <= steps) visits.resize(steps + 1);
    visits[steps].push_back(visit);
  }

  std::vector<Visit> TakeAt(size_t steps) {
    return steps < here_.size() ? std::exchange(here_[steps], {}) : std::vector<Visit>();
  }

  // By the choices that cost a preemption, or by those that do not: then the others are for later.
  void GoOn(const Visit& visit, size_t steps, bool preempting) {
    const uint32_t enabled = graph_.EnabledIn(visit.state);
    bool has_others = false;
    for (const StateSpace::Edge& edge : graph_.EdgesOf(visit.state)) {
      if (edge.to == StateSpace::kUnknown) continue;
      if (IsPreemption(enabled, visit.worker, edge.choice.worker) != preempting) {
        has_others = true;
        continue;
      }
      const uint32_t pair = pairs_.Of(edge.to, edge.choice.worker);
      if (steps_to_[pair].from != kNone) continue;
      steps_to_[pair] = {visit.pair, edge.choice};
      Put(here_, steps + 1, {edge.to, pair, edge.choice.worker});
    }
    if (has_others && !preempting) Put(held_, steps, visit);
  }

  std::vector<Choose> StepsTo(uint32_t pair) const {
    std::vector<Choose> steps;
    for (; pair != 0; pair = steps_to_[pair].from) steps.push_back(steps_to_[pair].choice);
    return {steps.rbegin(), steps.rend()};
  }

  const StateSpace& graph_;
  const Pairs pairs_;
  std::vector<Step> steps_to_;  // by pair
  BySteps here_;                // with as many preemptions as are looked at
  BySteps held_;                // looked at, but for what costs one more
};

}  // namespace

std::optional<LeastFailure> FindFewestPreemptions(const StateSpace& graph) {
  for (uint32_t state = 0; state < graph.size(); ++state) {
    // Every state was reached by steps that were walked: one that has failed is found.
    if (graph.HasFailed(state)) return FewestFirst(graph).Find();
  }
  return std::nullopt;
}

}  // namespace ipclab
