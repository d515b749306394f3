#include "clients/cli/measure/measure_run.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/measure/comparing.h"
#include "clients/cli/measure/floor.h"
#include "clients/cli/measure/progress.h"
#include "clients/cli/mechanisms_command.h"
#include "clients/cli/terminal.h"
#include "common/may_lose.h"

namespace ipclab::cli {
namespace {

// The items, then (with a noise floor) all of them again, then the lab's floors.
struct PlannedRun {
  std::vector<PlannedItem> items;
  size_t measured = 0;
  size_t twins = 0;
};

PlannedRun PlanRun(const MeasurePlan& plan, const Work& work) {
  PlannedRun run;
  for (const MeasureItem& item : work.selection.items) {
    run.items.push_back(PlanItem(plan, work, item));
  }
  run.measured = run.items.size();
  run.twins = plan.noise_floor ? run.measured : 0;
  for (size_t i = 0; i < run.twins; ++i) {
    PlannedItem twin = run.items[i];
    twin.keep = false;  // its trials have no row under which they could be named
    absl::StrAppend(&twin.name, " (once more)");
    run.items.push_back(std::move(twin));
  }
  for (PlannedItem& floor : FloorOf(plan, work.selection.items, work.mechanisms)) {
    run.items.push_back(std::move(floor));
  }
  return run;
}

std::vector<Measurement> Part(const std::vector<Measurement>& all, size_t from, size_t count) {
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(from);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

// At least one item must have another to be compared with.
absl::Status CheckComparison(const MeasurePlan& plan, const Work& work) {
  if (!plan.compare) return absl::OkStatus();
  std::vector<v1::MeasureSpec> specs;
  for (const MeasureItem& item : work.selection.items) {
    specs.push_back(PlanItem(plan, work, item).spec.measure());
  }
  const auto references = ReferencesOf(specs);
  const bool any = std::any_of(references.begin(), references.end(),
                               [](const auto& reference) { return reference.has_value(); });
  if (any) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--compare: there is nothing to compare: name several mechanisms that carry the same "
      "pattern, "
      "or several sizes or ways to wait of one");
}

// What takes no load has no knee.
void LeaveOutClosed(Selection& selection) {
  std::erase_if(selection.items, [&](const MeasureItem& item) {
    const bool closed = item.pattern == v1::Pattern::CONTENTION;
    if (closed) selection.left_out.push_back({item.mechanism, "contention takes no rate"});
    return closed;
  });
}

}  // namespace

std::variant<Work, Failure> FindWork(const MeasurePlan& plan, Connection& connection) {
  auto listed = ListAllMechanisms(connection);
  if (const auto* failure = std::get_if<Failure>(&listed)) return *failure;
  Work work;
  work.mechanisms = std::move(std::get<std::vector<v1::Mechanism>>(listed));
  work.selection = Select(plan, work.mechanisms);
  if (work.selection.items.empty()) {
    return Failure{.exit_code = ExitCode::kRefused,
                   .kind = "REFUSED",
                   .reason = "NO_MECHANISM",
                   .message = "no mechanism here carries this pattern at this size"};
  }
  for (const absl::Status& status :
       {CheckUse(plan, work.selection, work.mechanisms), CheckComparison(plan, work)}) {
    if (!status.ok()) return FailureOf(status);
  }
  if (plan.knee) LeaveOutClosed(work.selection);
  return work;
}

PlannedItem PlanItem(const MeasurePlan& plan, const Work& work, const MeasureItem& item) {
  const v1::Mechanism* const mechanism = FindMechanism(work.mechanisms, item.mechanism);
  PlannedItem planned = {.spec = SpecOf(plan, item, mechanism),
                         .name = ItemText(plan, item),
                         .quota = {.trials = plan.trials, .again = plan.trials_again}};
  planned.keep = plan.keep;
  planned.may_lose = mechanism != nullptr && MayLose(mechanism->lossy(), mechanism->lossy_with(),
                                                     planned.spec.measure().options());
  return planned;
}

Measurement MeasurementOf(const PlannedItem& item, ItemTrials done, const MeasurePlan& plan,
                          const Interrupt& interrupt) {
  Measurement measurement = Summarize(item.spec, std::move(done), item.may_lose);
  measurement.seed = plan.seed;
  measurement.trials_asked = item.quota.trials;
  measurement.interrupted = interrupt.raised();
  measurement.kept = item.keep;
  return measurement;
}

std::vector<Measurement> MeasureAll(const MeasurePlan& plan, const Work& work,
                                    Connection& connection, Interrupt& interrupt) {
  const PlannedRun run = PlanRun(plan, work);
  Progress progress(TerminalOf(STDERR_FILENO));
  for (const PlannedItem& item : run.items) progress.Expect(ExpectedTime(item));
  std::vector<ItemTrials> done = RunPlanned(run.items, plan.seed, connection, interrupt, progress);
  progress.Erase();
  std::vector<Measurement> all;
  for (size_t i = 0; i < run.items.size(); ++i) {
    all.push_back(MeasurementOf(run.items[i], std::move(done[i]), plan, interrupt));
  }
  std::vector<Measurement> measurements = Part(all, 0, run.measured);
  const size_t before_floors = run.measured + run.twins;
  AddFloors(Part(all, before_floors, all.size() - before_floors), measurements);
  if (run.twins > 0) CompareTwins(measurements, Part(all, run.measured, run.twins), plan.by);
  // Of what a signal or a lost server left nothing there is nothing to say.
  std::erase_if(measurements, [](const Measurement& each) {
    return each.trials == 0 && each.runs.empty() && !each.failure;
  });
  if (plan.compare) CompareAll(measurements, plan.by, NoiseSeen(measurements));
  return measurements;
}

}  // namespace ipclab::cli
