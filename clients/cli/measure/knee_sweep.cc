#include "clients/cli/measure/knee_sweep.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/measure/floor.h"
#include "clients/cli/measure/measurement_table.h"
#include "clients/cli/terminal.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

// The item in a closed loop, and then its floors.
std::vector<Measurement> MeasureCapacity(const MeasurePlan& plan, PlannedItem item,
                                         std::vector<PlannedItem> floors, Connection& connection,
                                         Interrupt& interrupt, Progress& progress) {
  absl::StrAppend(&item.name, ", as many as go");
  std::vector<PlannedItem> items = {std::move(item)};
  for (PlannedItem& floor : floors) items.push_back(std::move(floor));
  for (PlannedItem& each : items) each.spec.mutable_measure()->clear_load();
  std::vector<ItemTrials> done = RunPlanned(items, plan.seed, connection, interrupt, progress);
  std::vector<Measurement> measurements;
  for (size_t i = 0; i < items.size(); ++i) {
    measurements.push_back(MeasurementOf(items[i], std::move(done[i]), plan, interrupt));
  }
  return measurements;
}

// The points that have figures or failed, by ascending rate.
std::vector<Measurement> MeasureRates(const MeasurePlan& plan, const PlannedItem& item,
                                      const std::vector<double>& rates, Connection& connection,
                                      Interrupt& interrupt, Progress& progress) {
  std::vector<PlannedItem> items;
  for (const double rate : rates) {
    PlannedItem& point = items.emplace_back(item);
    v1::MeasureSpec& measure = *point.spec.mutable_measure();
    measure.mutable_load()->set_per_second(rate / LanesOf(measure));
    absl::StrAppend(&point.name, " at ", RateText(rate), "/s");
    // Beyond what it takes, the control is no better a second time.
    point.quota.again = 1;
  }
  std::vector<ItemTrials> done = RunPlanned(items, plan.seed, connection, interrupt, progress);
  std::vector<Measurement> points;
  for (size_t i = 0; i < items.size(); ++i) {
    if (done[i].trials.empty() && !done[i].failure) continue;
    points.push_back(MeasurementOf(items[i], std::move(done[i]), plan, interrupt));
  }
  return points;
}

}  // namespace

int LanesOf(const v1::MeasureSpec& spec) {
  constexpr int kDefaultLanes = 2;  // the server's, of what has several
  if (spec.pattern() == v1::Pattern::FAN_IN) {
    return spec.senders() > 0 ? spec.senders() : kDefaultLanes;
  }
  if (spec.pattern() == v1::Pattern::BROADCAST) {
    return spec.receivers() > 0 ? spec.receivers() : kDefaultLanes;
  }
  return 1;
}

KneePoint PointOf(const Measurement& measurement) {
  const v1::Load& load = measurement.spec.load();
  KneePoint point = {.offered = load.per_second() * LanesOf(measurement.spec),
                     .by_chance = load.arrivals() == v1::Load::POISSON};
  if (!HasFigures(measurement)) return point;
  point.achieved = measurement.messages_per_second.value_or(0);
  point.p99 = measurement.latency.Percentile(99);
  point.messages = measurement.messages / measurement.trials;
  return point;
}

std::vector<KneeSweep> SweepAll(const MeasurePlan& plan, const Work& work, Connection& connection,
                                Interrupt& interrupt) {
  Progress progress(TerminalOf(STDERR_FILENO));
  std::vector<PlannedItem> items;
  std::vector<std::vector<PlannedItem>> floors;
  for (const MeasureItem& item : work.selection.items) {
    items.push_back(PlanItem(plan, work, item));
    progress.Expect(ExpectedTime(items.back()) * (1 + kKneeRates));
    floors.push_back(FloorOf(plan, {item}, work.mechanisms));
    for (const PlannedItem& floor : floors.back()) progress.Expect(ExpectedTime(floor));
  }
  std::vector<KneeSweep> sweeps;
  for (const PlannedItem& item : items) {
    if (interrupt.raised()) break;
    KneeSweep sweep;
    std::vector<Measurement> closed =
        MeasureCapacity(plan, item, floors[sweeps.size()], connection, interrupt, progress);
    if (interrupt.raised()) break;
    const std::vector<Measurement> floor(closed.begin() + 1, closed.end());
    closed.resize(1);
    AddFloors(floor, closed);
    sweep.capacity = std::move(closed.front());
    const std::vector<double> rates = RatesToTry(sweep.capacity.messages_per_second.value_or(0));
    sweep.points = MeasureRates(plan, item, rates, connection, interrupt, progress);
    AddFloors(floor, sweep.points);
    std::vector<KneePoint> points;
    for (const Measurement& each : sweep.points) points.push_back(PointOf(each));
    sweep.missing = static_cast<int>(std::ssize(rates) - std::ssize(points));
    sweep.knee = FindKnee(points, sweep.missing);
    sweeps.push_back(std::move(sweep));
  }
  progress.Erase();
  return sweeps;
}

}  // namespace ipclab::cli
