// The order of a run: rounds, in each of which every item has one trial, in an order by chance. So
// what changes slowly on the host changes all items alike. Trials that the platform spoilt are run
// again afterwards, a bounded number of times.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "clients/cli/failure.h"
#include "clients/cli/measure/trial_figures.h"

namespace ipclab::cli {

// How many trials an item has; and how many more at most in place of those that are left out.
struct TrialQuota {
  int trials = 1;
  int again = 0;
};

// What became of one item.
struct ItemTrials {
  std::vector<Trial> trials;
  std::optional<Failure> failure = {};  // of the trial after them; it had no more
  bool all_shifted = false;             // the control moved in every trial, see LeaveOutShifted
};

// Runs the trial of that number (from 1) of an item. None: the run is to end, as after a signal.
using TrialEnd = std::variant<v1::Experiment, Failure>;
using TrialRunner = std::function<std::optional<TrialEnd>(size_t item, int number)>;

// 0 to count-1, in an order by chance that is the same for the same seed on every machine.
std::vector<size_t> OrderOfRound(size_t count, uint64_t seed, int round);

// Runs all trials; what there is of each item when the runner says that the run is to end. extra is
// called with an item before it is run again, for who counts what is to come; may be null.
std::vector<ItemTrials> RunInterleaved(const std::vector<TrialQuota>& quotas, uint64_t seed,
                                       const TrialRunner& run,
                                       const std::function<void(size_t item)>& extra);

}  // namespace ipclab::cli
