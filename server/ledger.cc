#include "server/ledger.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/warnings.h"

namespace ipclab {
namespace {

// A sequence number and a stamp.
constexpr int64_t kStampedBytes = 16;

// Of a leg that is in no figure: to warm up is no excuse for spoiling a message. What it loses is
// not told: of what counts, each message is either there or lost. Empty where there is nothing.
Figures FaultsOf(const Figures& figures) {
  Figures faults;
  int64_t sum = 0;
  for (const WorkerFigures& worker : figures.workers) {
    v1::Counters& counters = faults.workers.emplace_back().counters;
    faults.workers.back().role = worker.role;
    counters.set_duplicated(worker.counters.duplicated());
    counters.set_reordered(worker.counters.reordered());
    counters.set_corrupted(worker.counters.corrupted());
    sum += counters.duplicated() + counters.reordered() + counters.corrupted();
  }
  return sum == 0 ? Figures() : faults;
}

int LockErrorOf(const Figures& figures) {
  int error = 0;
  for (const WorkerFigures& worker : figures.workers) error = std::max(error, worker.lock_error);
  return error;
}

}  // namespace

Ledger::Ledger(std::string experiment, const ExperimentPlan& plan, v1::Environment environment)
    : experiment_(std::move(experiment)), plan_(plan), environment_(std::move(environment)) {}

int64_t Ledger::BeginLeg(LegKind kind) {
  leg_kind_ = kind;
  last_was_step_ = kind == LegKind::kStep;
  if (kind == LegKind::kRun) slices_.BeginLeg();
  return ++leg_;
}

Figures Ledger::EndLeg(void* pages) {
  const LegKind kind = *std::exchange(leg_kind_, std::nullopt);
  Figures figures = ReadFigures(pages, plan_.shape.roles, leg_);
  leg_steps_ = 0;
  if (kind == LegKind::kCensus) census_ = ReadCensus(pages, figures);
  if (kind == LegKind::kWarmUp) {
    if (const Figures faults = FaultsOf(figures); !faults.empty()) free_.Merge(faults);
  }
  if (kind == LegKind::kWarmUp || kind == LegKind::kCensus) return figures;
  const int64_t per_step = ArrivalsPerStep(plan_.spec.measure());
  const int64_t before = arrivals_ / per_step;
  arrivals_ += figures.messages();
  leg_steps_ = arrivals_ / per_step - before;
  if (figures.messages() == 0 && figures.lost() == 0) return figures;
  (last_was_step_ ? stepped_ : free_).Merge(figures);
  if (last_was_step_) return figures;
  free_time_ += absl::Nanoseconds(figures.span_nanos());
  slices_.EndLeg(ArrivalsOf(figures, plan_.spec.measure().pattern()));
  const ControlPage& page = ControlPageOf(pages);
  if (control_before_nanos_ == 0) control_before_nanos_ = page.control_before_nanos;
  if (page.control_after_nanos > 0) control_after_nanos_ = page.control_after_nanos;
  return figures;
}

void Ledger::CutSlice(void* pages) {
  slices_.Add(ReadArrivals(pages, plan_.shape.roles, leg_, plan_.spec.measure().pattern()));
}

v1::Metrics Ledger::StepMetrics(const Figures& figures) {
  ++sequence_;
  return MetricsOf(figures, true);
}

std::function<v1::Metrics()> Ledger::StepSummary(Figures figures) const {
  return [figures = std::move(figures), pattern = plan_.spec.measure().pattern(),
          experiment = experiment_, one_way_absent = OneWayAbsent(), sequence = sequence_] {
    v1::Metrics metrics = ToMetrics(figures, pattern, experiment, true, one_way_absent);
    metrics.set_sequence(sequence);
    for (v1::Latency& latency : *metrics.mutable_latencies()) latency.clear_histogram();
    return metrics;
  };
}

v1::Metrics Ledger::Now(void* pages) {
  Figures figures = last_was_step_ ? stepped_ : free_;
  const bool counts = leg_kind_ == LegKind::kRun || leg_kind_ == LegKind::kStep;
  if (counts && pages != nullptr) figures.Merge(ReadFigures(pages, plan_.shape.roles, leg_));
  ++sequence_;
  return MetricsOf(figures, last_was_step_);
}

std::optional<v1::Result> Ledger::ToResult(const v1::Experiment& experiment) {
  if (free_.empty() && stepped_.empty()) return std::nullopt;
  v1::Result result;
  if (!free_.empty()) {
    ++sequence_;
    *result.mutable_metrics() = MetricsOf(free_, false);
  }
  if (!stepped_.empty()) {
    ++sequence_;
    *result.mutable_stepped_metrics() = MetricsOf(stepped_, true);
  }
  result.set_control_before_nanos(control_before_nanos_);
  result.set_control_after_nanos(control_after_nanos_);
  *result.mutable_environment() = environment_;
  slices_.AddTo(result);
  const auto drift = slices_.DriftOf(IsJudgedByLatency(plan_.spec.measure()));
  if (drift) result.set_drift(drift->change);
  if (census_) *result.mutable_census() = *census_;
  if (warm_up_) *result.mutable_warm_up() = *warm_up_;
  if (host_load_) *result.mutable_host_load() = *host_load_;
  AddWarnings({.experiment = experiment,
               .relation = plan_.cpu_relation,
               .drift = drift,
               .lock_error = LockErrorOf(free_)},
              result);
  return result;
}

v1::Metrics Ledger::MetricsOf(const Figures& figures, bool stepped) const {
  v1::Metrics metrics =
      ToMetrics(figures, plan_.spec.measure().pattern(), experiment_, stepped, OneWayAbsent());
  metrics.set_sequence(sequence_);
  return metrics;
}

std::string Ledger::OneWayAbsent() const {
  if (plan_.spec.measure().message_bytes() < kStampedBytes) {
    return absl::StrCat("a message must have ", kStampedBytes,
                        " bytes to carry the sender's stamp");
  }
  if (!environment_.clock_synchronised()) return "the clocks of this host's CPUs disagree";
  return "nothing was received yet";
}

}  // namespace ipclab
