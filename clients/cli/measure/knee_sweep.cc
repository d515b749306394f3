#include "clients/cli/measure/knee_sweep.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/terminal.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

Measurement MeasureCapacity(const MeasurePlan& plan, PlannedItem item, Connection& connection,
                            Interrupt& interrupt, Progress& progress) {
  item.spec.mutable_measure()->clear_load();
  absl::StrAppend(&item.name, ", as many as go");
  std::vector<ItemTrials> done = RunPlanned({item}, plan.seed, connection, interrupt, progress);
  return Summarize(item.spec, std::move(done.front()), item.may_lose);
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
    points.push_back(Summarize(items[i].spec, std::move(done[i]), item.may_lose));
    points.back().seed = plan.seed;
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
  const bool any = measurement.trials > 0;
  return {.offered = measurement.spec.load().per_second() * LanesOf(measurement.spec),
          .achieved = any ? measurement.messages_per_second.value_or(0) : 0,
          .p99 = measurement.latency.Percentile(99)};
}

std::vector<KneeSweep> SweepAll(const MeasurePlan& plan, const Work& work, Connection& connection,
                                Interrupt& interrupt) {
  Progress progress(TerminalOf(STDERR_FILENO));
  std::vector<PlannedItem> items;
  for (const MeasureItem& item : work.selection.items) {
    items.push_back(PlanItem(plan, work, item));
    progress.Expect(ExpectedTime(items.back()) * (1 + kKneeRates));
  }
  std::vector<KneeSweep> sweeps;
  for (const PlannedItem& item : items) {
    if (interrupt.raised()) break;
    KneeSweep sweep;
    sweep.capacity = MeasureCapacity(plan, item, connection, interrupt, progress);
    if (interrupt.raised()) break;
    const std::vector<double> rates = RatesToTry(sweep.capacity.messages_per_second.value_or(0));
    sweep.points = MeasureRates(plan, item, rates, connection, interrupt, progress);
    std::vector<KneePoint> points;
    for (const Measurement& each : sweep.points) points.push_back(PointOf(each));
    sweep.knee = FindKnee(points);
    sweeps.push_back(std::move(sweep));
  }
  progress.Erase();
  return sweeps;
}

}  // namespace ipclab::cli
