#include "common/explore/nearest_pass.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "common/explore/byte_budget.h"
#include "common/explore/choices.h"
#include "common/explore/state_store.h"
#include "common/program/apply.h"
#include "common/program/state.h"

namespace ipclab {
namespace {

constexpr uint32_t kMostPassStates = 100'000;
constexpr int64_t kMostPassBytes = int64_t{128} << 20;

using Words = std::vector<int64_t>;

// Depth first from one state after the other. Nothing passes from what is known.
class PassSearch {
 public:
  explicit PassSearch(const Program& program)
      : program_(program),
        budget_(kMostPassBytes),
        known_(static_cast<size_t>(program.state_words), budget_) {}

  std::optional<std::vector<Choose>> FindFrom(Words state) {
    if (!Enter(std::move(state), {-1, -1})) return std::nullopt;
    while (!path_.empty() && !is_full_) {
      Place& place = path_.back();
      if (place.choices.empty()) {
        path_.pop_back();
        continue;
      }
      const Choose choice = place.choices.back();
      place.choices.pop_back();
      Words next = place.state;
      Apply(program_, next.data(), choice.worker, choice.wakes, nullptr);
      if (Enter(std::move(next), choice) && is_found_) return Steps();
    }
    return std::nullopt;
  }

  bool is_full() const { return is_full_; }

 private:
  struct Place {
    Words state;
    Choose choice;                // that led here
    std::vector<Choose> choices;  // that are left, the last one first
  };

  // False where nothing can pass, or nobody can say.
  bool Enter(Words state, const Choose& choice) {
    if (State(program_, state.data()).failure().kind != FailureKind::kNone) return false;
    const auto known = known_.Add(state.data());
    const auto bytes = static_cast<int64_t>((path_.size() + 1) * state.size() * sizeof(int64_t));
    is_full_ = !known || known->number >= kMostPassStates || bytes > kMostPassBytes;
    if (is_full_ || !known->is_new) return false;
    const uint32_t enabled = EnabledOf(program_, state.data());
    is_found_ = enabled == 0;
    Place& place = path_.emplace_back();
    AddChoices(program_, state.data(), enabled, place.choices);
    std::reverse(place.choices.begin(), place.choices.end());
    // Who went last goes on.
    std::stable_partition(place.choices.begin(), place.choices.end(),
                          [&](const Choose& each) { return each.worker != choice.worker; });
    place.state = std::move(state);
    place.choice = choice;
    return true;
  }

  std::vector<Choose> Steps() const {
    std::vector<Choose> steps;
    for (size_t i = 1; i < path_.size(); ++i) steps.push_back(path_[i].choice);
    return steps;
  }

  const Program& program_;
  ByteBudget budget_;
  StateStore known_;
  std::vector<Place> path_;
  bool is_full_ = false;
  bool is_found_ = false;
};

}  // namespace

NearestPass FindNearestPass(const Program& program, const std::vector<Choose>& failing) {
  PassSearch search(program);
  // Of what is long not every step: each is a replay.
  const size_t stride = failing.size() / 500 + 1;
  for (size_t left = failing.size() / stride + 1; left-- > 0;) {
    const size_t kept = left * stride;
    Words state(static_cast<size_t>(program.state_words));
    std::vector<Choose> steps(failing.begin(), failing.begin() + static_cast<ptrdiff_t>(kept));
    if (!Follow(program, steps, state.data()).ok()) continue;
    if (const auto rest = search.FindFrom(std::move(state))) {
      steps.insert(steps.end(), rest->begin(), rest->end());
      return {steps, true};
    }
    if (search.is_full()) return {};
  }
  return {std::nullopt, true};
}

}  // namespace ipclab
