#include "clients/cli/measure/interleaving.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <utility>

#include "clients/cli/measure/shifted_trials.h"

namespace ipclab::cli {
namespace {

class InterleavedRun {
 public:
  InterleavedRun(const std::vector<TrialQuota>& quotas, uint64_t seed, const TrialRunner& run)
      : quotas_(quotas), seed_(seed), run_(run), done_(quotas.size()) {}

  void RunRounds() {
    const auto most = std::max_element(
        quotas_.begin(), quotas_.end(),
        [](const TrialQuota& a, const TrialQuota& b) { return a.trials < b.trials; });
    for (int i = 0; most != quotas_.end() && i < most->trials && !ended_; ++i) {
      RunRound([&](size_t item) { return i < quotas_[item].trials; }, nullptr);
    }
  }

  void RunSpoiltAgain(const std::function<void(size_t)>& extra) {
    std::vector<int> again(quotas_.size());
    for (bool any = true; any && !ended_;) {
      any = false;
      RunRound(
          [&](size_t item) {
            const bool wanted = again[item] < quotas_[item].again && Lacks(item);
            if (wanted) ++again[item];
            any = any || wanted;
            return wanted;
          },
          extra);
    }
  }

  std::vector<ItemTrials> TakeDone() {
    for (ItemTrials& each : done_) each.all_shifted = LeaveOutShifted(each.trials);
    return std::move(done_);
  }

 private:
  // Less than its trials can be used.
  bool Lacks(size_t item) {
    ItemTrials& done = done_[item];
    done.all_shifted = LeaveOutShifted(done.trials);
    return done.all_shifted || CountUsed(done.trials) < quotas_[item].trials;
  }

  void RunRound(const std::function<bool(size_t)>& has_turn,
                const std::function<void(size_t)>& before) {
    for (const size_t item : OrderOfRound(quotas_.size(), seed_, round_++)) {
      if (done_[item].failure || !has_turn(item)) continue;
      if (before) before(item);
      RunOne(item);
      if (ended_) return;
    }
  }

  void RunOne(size_t item) {
    ItemTrials& done = done_[item];
    const int number = static_cast<int>(done.trials.size()) + 1;
    std::optional<TrialEnd> end = run_(item, number);
    ended_ = !end.has_value();
    if (ended_) return;
    ++position_;
    if (auto* failure = std::get_if<Failure>(&*end)) {
      // Without a server nothing else can be run either.
      ended_ = failure->exit_code == ExitCode::kCannotConnect;
      done.failure = std::move(*failure);
      return;
    }
    done.trials.push_back({.experiment = std::get<v1::Experiment>(std::move(*end)),
                           .number = number,
                           .position = position_});
  }

  const std::vector<TrialQuota>& quotas_;
  const uint64_t seed_;
  const TrialRunner& run_;
  std::vector<ItemTrials> done_;
  int round_ = 0;
  int position_ = 0;
  bool ended_ = false;
};

}  // namespace

std::vector<size_t> OrderOfRound(size_t count, uint64_t seed, int round) {
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t{0});
  // Not std::shuffle, whose order is each library's own. The generator's is in the standard.
  std::mt19937_64 random(seed * 0x9e3779b97f4a7c15 + static_cast<uint64_t>(round));
  for (size_t left = count; left > 1; --left) std::swap(order[left - 1], order[random() % left]);
  return order;
}

std::vector<ItemTrials> RunInterleaved(const std::vector<TrialQuota>& quotas, uint64_t seed,
                                       const TrialRunner& run,
                                       const std::function<void(size_t item)>& extra) {
  InterleavedRun rounds(quotas, seed, run);
  rounds.RunRounds();
  rounds.RunSpoiltAgain(extra);
  return rounds.TakeDone();
}

}  // namespace ipclab::cli
