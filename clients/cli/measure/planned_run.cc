#include "clients/cli/measure/planned_run.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/measure/trial.h"

namespace ipclab::cli {
namespace {

std::string TrialName(const PlannedItem& item, int number) {
  const int trials = item.quota.trials;
  if (number > trials) return absl::StrCat(item.name, ", again (", number - trials, ")");
  return absl::StrCat(item.name, ", trial ", number, "/", trials);
}

}  // namespace

v1::ExperimentSpec SpecOfTrial(const PlannedItem& item, int number) {
  v1::ExperimentSpec spec = item.spec;
  if (spec.measure().load().seed() == 0) return spec;
  v1::Load& load = *spec.mutable_measure()->mutable_load();
  load.set_seed(load.seed() + number - 1);
  return spec;
}

absl::Duration ExpectedTime(const PlannedItem& item) {
  return ExpectedTime(item.spec.measure()) * item.quota.trials;
}

std::vector<ItemTrials> RunPlanned(const std::vector<PlannedItem>& items, uint64_t seed,
                                   Connection& connection, Interrupt& interrupt,
                                   Progress& progress) {
  std::vector<TrialQuota> quotas;
  for (const PlannedItem& item : items) quotas.push_back(item.quota);
  const auto run = [&](size_t index, int number) -> std::optional<TrialEnd> {
    const PlannedItem& item = items[index];
    const v1::ExperimentSpec spec = SpecOfTrial(item, number);
    progress.BeginTrial(TrialName(item, number), spec.measure());
    auto end = RunTrial(connection, spec, interrupt, progress, item.keep);
    if (interrupt.raised()) return std::nullopt;
    progress.EndTrial();
    return end;
  };
  const auto extra = [&](size_t index) {
    progress.Expect(ExpectedTime(items[index].spec.measure()));
  };
  return RunInterleaved(quotas, seed, run, extra);
}

}  // namespace ipclab::cli
