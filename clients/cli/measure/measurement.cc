#include "clients/cli/measure/measurement.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/measure/shifted_trials.h"

namespace ipclab::cli {
namespace {

// The middle value, or the mean of the two in the middle.
template <typename T>
std::optional<T> Median(std::vector<T> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return values[middle - 1] + (values[middle] - values[middle - 1]) / 2;
}

Failure Malformed(const absl::Status& status) {
  return {.exit_code = ExitCode::kRefused,
          .kind = "REFUSED",
          .reason = "MALFORMED_RESULT",
          .message =
              absl::StrCat("the server's result cannot be read: ", std::string(status.message()))};
}

void AddLatency(const v1::Metrics& metrics, v1::Latency::Kind kind, Distribution& to,
                Measurement& sum) {
  const v1::Latency* latency = FindLatency(metrics, kind);
  if (latency == nullptr) {
    to.absent_reason = "the server measured none for this pattern";
  } else if (const absl::Status status = to.Add(*latency); !status.ok()) {
    sum.failure = Malformed(status);
  }
}

// The least lucky worker's share of this trial is added to that of the others, and so on.
void AddShares(const v1::Metrics& metrics, Measurement& sum) {
  std::vector<double> shares;
  for (const v1::WorkerMetrics& worker : metrics.workers()) shares.push_back(worker.share());
  std::sort(shares.begin(), shares.end());
  sum.shares.resize(std::max(sum.shares.size(), shares.size()));
  for (size_t i = 0; i < shares.size(); ++i) sum.shares[i] += shares[i] / sum.trials;
}

// Where the workers really were: where all share one CPU that is said, whatever was asked for;
// where only some do, a warning tells.
v1::Placement Achieved(const v1::Experiment& experiment, const std::vector<int>& cpus) {
  v1::Placement placement = experiment.spec().placement();
  const bool one_cpu = !cpus.empty() && std::all_of(cpus.begin(), cpus.end(),
                                                    [&](int cpu) { return cpu == cpus.front(); });
  if (one_cpu) placement.set_policy(v1::Placement::SAME_CPU);
  return placement;
}

void AddPlacement(const Trial& trial, Measurement& sum) {
  sum.cpus = CpusOf(trial);
  sum.placement = Achieved(trial.experiment, sum.cpus);
}

void AddCounters(const v1::Counters& total, Measurement& sum) {
  sum.messages += total.messages();
  sum.lost += total.lost();
  sum.duplicated += total.duplicated();
  sum.reordered += total.reordered();
  sum.corrupted += total.corrupted();
  sum.coalesced += total.coalesced();
  sum.retries += total.retries();
}

std::optional<Failure> CheckDelivery(const Measurement& sum) {
  std::vector<std::string> wrong;
  if (sum.lost > 0 && !sum.may_lose) wrong.push_back(absl::StrCat(sum.lost, " lost"));
  if (sum.duplicated > 0) wrong.push_back(absl::StrCat(sum.duplicated, " duplicated"));
  if (sum.reordered > 0) wrong.push_back(absl::StrCat(sum.reordered, " out of order"));
  if (sum.corrupted > 0) wrong.push_back(absl::StrCat(sum.corrupted, " corrupted"));
  if (wrong.empty()) return std::nullopt;
  return Failure{
      .exit_code = ExitCode::kCheckFailed,
      .kind = "CHECK",
      .reason = "DELIVERY",
      .message = absl::StrCat("of ", sum.messages, " messages, ", absl::StrJoin(wrong, ", "))};
}

void AddWarnings(const v1::Result& result, Measurement& sum) {
  for (int i = 0; i < result.warnings_size(); ++i) {
    Sighting& sighting = sum.sightings[static_cast<v1::Result::Warning>(result.warnings(i))];
    ++sighting.trials;
    const bool said = i < result.warning_details_size();
    if (said && sighting.detail.empty()) sighting.detail = result.warning_details(i);
  }
}

void AddLatencies(const v1::Metrics& metrics, Measurement& sum) {
  AddLatency(metrics, sum.latency_kind, sum.latency, sum);
  const v1::Latency* const latency = FindLatency(metrics, sum.latency_kind);
  if (latency != nullptr) sum.batch = std::max(sum.batch, latency->batch());
  if (sum.spec.pattern() != v1::Pattern::CONTENTION) return;
  AddLatency(metrics, v1::Latency::HAND_OFF, sum.hand_off, sum);
  AddShares(metrics, sum);
}

// What is one value of each trial; the trials of a measurement in their order.
struct TrialSeries {
  std::vector<double> p50;
  std::vector<double> p99;
  std::vector<double> messages_per_second;
  std::vector<double> cpu_nanos_per_message;
  std::vector<double> bytes_per_second;
  std::vector<int64_t> controls;
  int64_t cpu_nanos = 0;
  int64_t census_messages = 0;
  int64_t system_calls = 0;

  void Add(const Trial& trial) {
    const v1::Result& result = trial.experiment.result();
    const TrialFigures figures = FiguresOfTrial(trial);
    if (figures.p50) p50.push_back(static_cast<double>(*figures.p50));
    if (figures.p99) p99.push_back(static_cast<double>(*figures.p99));
    messages_per_second.push_back(figures.messages_per_second.value_or(0));
    if (figures.cpu_nanos_per_message) {
      cpu_nanos_per_message.push_back(*figures.cpu_nanos_per_message);
    }
    bytes_per_second.push_back(result.metrics().bytes_per_second());
    for (const int64_t control : {result.control_before_nanos(), result.control_after_nanos()}) {
      if (control > 0) controls.push_back(control);
    }
    const v1::Counters& total = result.metrics().total();
    cpu_nanos += total.cpu_user_nanos() + total.cpu_system_nanos();
    if (result.census().has_system_calls()) {
      census_messages += result.census().messages();
      system_calls += result.census().system_calls();
    }
  }
};

// An interval is of all trials or of none: those that lack the figure are not like the others.
std::optional<stats::Interval> IntervalOf(const std::vector<double>& values, int trials) {
  if (std::ssize(values) != trials) return std::nullopt;
  return stats::MedianInterval(values);
}

void AddSeries(const TrialSeries& series, Measurement& sum) {
  sum.messages_per_second = Median(series.messages_per_second);
  sum.bytes_per_second = Median(series.bytes_per_second);
  if (sum.messages > 0) {
    sum.cpu_nanos_per_message =
        static_cast<double>(series.cpu_nanos) / static_cast<double>(sum.messages);
  }
  if (series.census_messages > 0) {
    sum.system_calls_per_message =
        static_cast<double>(series.system_calls) / static_cast<double>(series.census_messages);
  }
  sum.control_nanos = Median(series.controls);
  sum.intervals = {.p50 = IntervalOf(series.p50, sum.trials),
                   .p99 = IntervalOf(series.p99, sum.trials),
                   .messages_per_second = IntervalOf(series.messages_per_second, sum.trials),
                   .cpu_nanos_per_message = IntervalOf(series.cpu_nanos_per_message, sum.trials)};
}

}  // namespace

std::vector<std::string> KeptExperiments(const Measurement& measurement) {
  std::vector<std::string> names;
  if (!measurement.kept) return names;
  for (const Trial& trial : measurement.runs) names.push_back(trial.experiment.name());
  return names;
}

std::optional<double> TimesControl(const Measurement& measurement) {
  const std::optional<int64_t> median = measurement.latency.Percentile(50);
  if (!median || !measurement.control_nanos || *measurement.control_nanos == 0) return std::nullopt;
  return static_cast<double>(*median) / static_cast<double>(*measurement.control_nanos);
}

bool CarriesMessages(v1::Pattern::Kind pattern) {
  return pattern != v1::Pattern::CONTENTION && pattern != v1::Pattern::HAND_OFF &&
         pattern != v1::Pattern::NOTIFY;
}

Measurement Summarize(const v1::ExperimentSpec& asked, ItemTrials done, bool may_lose) {
  Measurement sum;
  sum.may_lose = may_lose;
  sum.runs = std::move(done.trials);
  sum.spec = sum.runs.empty() ? asked.measure() : sum.runs.front().experiment.spec().measure();
  sum.placement = asked.placement();
  sum.trials = CountUsed(sum.runs);
  sum.all_shifted = done.all_shifted;
  sum.latency_kind = LatencyKindOf(sum.spec.pattern());
  sum.failure = std::move(done.failure);
  TrialSeries series;
  for (const Trial& trial : sum.runs) {
    if (!trial.left_out.empty()) continue;
    const v1::Result& result = trial.experiment.result();
    AddPlacement(trial, sum);
    AddCounters(result.metrics().total(), sum);
    AddLatencies(result.metrics(), sum);
    AddWarnings(result, sum);
    series.Add(trial);
    if (result.has_environment()) sum.environment = result.environment();
  }
  AddSeries(series, sum);
  for (const auto& [warning, sighting] : sum.sightings) sum.warnings.push_back(warning);
  if (!sum.failure) sum.failure = CheckDelivery(sum);
  return sum;
}

}  // namespace ipclab::cli
