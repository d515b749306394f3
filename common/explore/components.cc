#include "common/explore/components.h"

#include <algorithm>

namespace ipclab {
namespace {

// Tarjan's algorithm, without recursion: a way may be as long as there are states.
class Components {
 public:
  explicit Components(const StateSpace& graph)
      : graph_(graph), least_(graph.size()), component_(graph.size(), kOpen) {}

  std::vector<uint32_t> Find() {
    if (graph_.size() > 0) Enter(0);  // from where all others are reached
    while (!way_.empty()) GoOn();
    return std::move(component_);
  }

 private:
  static constexpr uint32_t kOpen = UINT32_MAX;

  struct Place {
    uint32_t state;
    uint32_t number;  // in order of coming; the first is 1
    size_t next = 0;  // edge
  };

  void Enter(uint32_t state) {
    least_[state] = ++entered_;
    way_.push_back({state, entered_});
    open_.push_back(state);
  }

  void GoOn() {
    Place& place = way_.back();
    const auto edges = graph_.EdgesOf(place.state);
    if (place.next == edges.size()) return Leave();
    const uint32_t to = edges[place.next++].to;
    if (to == StateSpace::kUnknown || component_[to] != kOpen) return;
    if (least_[to] == 0) return Enter(to);
    least_[place.state] = std::min(least_[place.state], least_[to]);
  }

  void Leave() {
    const Place place = way_.back();
    way_.pop_back();
    if (!way_.empty()) {
      uint32_t& least = least_[way_.back().state];
      least = std::min(least, least_[place.state]);
    }
    if (least_[place.state] != place.number) return;
    for (uint32_t state = kOpen; state != place.state;) {
      state = open_.back();
      open_.pop_back();
      component_[state] = components_;
    }
    ++components_;
  }

  const StateSpace& graph_;
  std::vector<uint32_t> least_;      // the least number that a state leads back to; 0: not seen
  std::vector<uint32_t> component_;  // kOpen: not yet known
  std::vector<Place> way_;
  std::vector<uint32_t> open_;
  uint32_t entered_ = 0;
  uint32_t components_ = 0;
};

}  // namespace

std::vector<uint32_t> ComponentsOf(const StateSpace& graph) { return Components(graph).Find(); }

}  // namespace ipclab
