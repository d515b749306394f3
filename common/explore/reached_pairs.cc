#include "common/explore/reached_pairs.h"

namespace ipclab {

ReachedPairs::ReachedPairs(const Program& program, ByteBudget& budget)
    : workers_(program.workers.size()),
      budget_(budget),
      liveness_(program),
      store_(static_cast<size_t>(program.state_words), budget),
      pairs_(1),
      canonical_(static_cast<size_t>(program.state_words)) {}

std::optional<ReachedPairs::Reached> ReachedPairs::Reach(const int64_t* state, const Choose& step,
                                                         uint32_t from) {
  if (pairs_.size() + workers_ > kNone || !budget_.MakeRoom(pairs_, workers_)) return std::nullopt;
  liveness_.Canonical(state, canonical_.data());
  const std::optional<StateStore::Known> known = store_.Add(canonical_.data());
  if (!known) return std::nullopt;
  if (known->is_new) pairs_.resize(pairs_.size() + workers_);
  const size_t pair =
      step.worker < 0 ? 0 : 1 + known->number * workers_ + static_cast<size_t>(step.worker);
  const bool is_new = !pairs_[pair].is_reached;
  if (is_new) pairs_[pair] = {from, step.wakes, true};
  return Reached{static_cast<uint32_t>(pair), is_new};
}

std::vector<Choose> ReachedPairs::StepsTo(uint32_t pair) const {
  std::vector<Choose> steps;
  for (; pair != 0; pair = pairs_[pair].from) {
    steps.push_back({static_cast<int8_t>((pair - 1) % workers_), pairs_[pair].wakes});
  }
  return {steps.rbegin(), steps.rend()};
}

}  // namespace ipclab
