// Runs what is planned against the server: every trial a fresh experiment with fresh processes, in
// the order of interleaving.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clients/cli/connection.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/measure/interleaving.h"
#include "clients/cli/measure/progress.h"
#include "ipclab/v1/experiment.pb.h"

namespace ipclab::cli {

struct PlannedItem {
  v1::ExperimentSpec spec;
  std::string name;  // "pipe 64 B", for who waits
  TrialQuota quota;
  bool may_lose = false;
  bool keep = false;  // the experiments of its trials stay on the server
};

// The spec of the trial of that number, from 1: arrivals by chance have a seed of their own in
// each, the same for all items.
v1::ExperimentSpec SpecOfTrial(const PlannedItem& item, int number);

// How long all its trials should take.
absl::Duration ExpectedTime(const PlannedItem& item);

// What became of each, in their order. Arrivals by chance have a seed of their own in each trial of
// an item, the same for all items. Ends early after a signal, with what is done. progress knows
// what to expect, but for trials that are run again.
std::vector<ItemTrials> RunPlanned(const std::vector<PlannedItem>& items, uint64_t seed,
                                   Connection& connection, Interrupt& interrupt,
                                   Progress& progress);

}  // namespace ipclab::cli
