// Finished experiments as a server would return them, for the tests of what is made of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/measure/measurement.h"
#include "common/histogram.h"
#include "ipclab/v1/experiment.pb.h"

namespace ipclab::cli {

// A spec of `pipe`, 64 bytes, round trips.
inline v1::ExperimentSpec PipeSpec() {
  v1::ExperimentSpec spec;
  spec.mutable_placement()->set_policy(v1::Placement::DIFFERENT_CORES);
  v1::MeasureSpec& measure = *spec.mutable_measure();
  measure.set_mechanism("pipe");
  measure.set_message_bytes(64);
  measure.set_pattern(v1::Pattern::ROUND_TRIP);
  measure.set_wait(v1::MeasureSpec::BLOCK);
  return spec;
}

// A latency distribution: pairs of a value in nanoseconds, ascending and below 2048 so that each
// has a bucket of its own, and how often it came.
inline v1::Latency LatencyOf(const std::vector<std::pair<int64_t, int64_t>>& values) {
  v1::Latency latency;
  latency.set_kind(v1::Latency::ROUND_TRIP);
  for (const auto& [nanos, count] : values) {
    latency.mutable_histogram()->add_indexes(HistogramLayout::IndexOf(nanos));
    latency.mutable_histogram()->add_counts(count);
    latency.set_count(latency.count() + count);
  }
  latency.set_min_nanos(values.front().first);
  latency.set_max_nanos(values.back().first);
  for (const auto& [percent, needed] :
       {std::pair{50.0, 1}, {90.0, 29}, {99.0, 299}, {99.9, 2995}}) {
    v1::Percentile& percentile = *latency.add_percentiles();
    percentile.set_percent(percent);
    percentile.set_needed_count(needed);
  }
  return latency;
}

// An experiment of PipeSpec that succeeded on CPUs 0 and 1.
inline v1::Experiment PipeTrial(const std::vector<std::pair<int64_t, int64_t>>& latencies,
                                double messages_per_second) {
  v1::Experiment trial;
  *trial.mutable_spec() = PipeSpec();
  trial.set_state(v1::Experiment::SUCCEEDED);
  trial.add_workers()->set_cpu(0);
  trial.add_workers()->set_cpu(1);
  v1::Result& result = *trial.mutable_result();
  result.set_control_before_nanos(100);
  result.set_control_after_nanos(120);
  result.mutable_environment()->set_kernel("6.1");
  v1::Metrics& metrics = *result.mutable_metrics();
  *metrics.add_latencies() = LatencyOf(latencies);
  metrics.set_messages_per_second(messages_per_second);
  metrics.set_bytes_per_second(messages_per_second * 64);
  v1::Counters& total = *metrics.mutable_total();
  total.set_messages(metrics.latencies(0).count());
  total.set_cpu_user_nanos(total.messages() * 1000);
  total.set_cpu_system_nanos(total.messages() * 500);
  return trial;
}

// Each is one trial, in their order, and none is left out.
inline std::vector<Trial> TrialsOf(const std::vector<v1::Experiment>& experiments) {
  std::vector<Trial> trials;
  for (const v1::Experiment& experiment : experiments) {
    const int number = static_cast<int>(trials.size()) + 1;
    trials.push_back({.experiment = experiment, .number = number, .position = number});
  }
  return trials;
}

inline Measurement SummaryOf(const v1::ExperimentSpec& asked,
                             const std::vector<v1::Experiment>& experiments,
                             std::optional<Failure> failure, bool may_lose = false) {
  return Summarize(asked, {.trials = TrialsOf(experiments), .failure = std::move(failure)},
                   may_lose);
}

// A measurement of that mechanism, one trial for each median latency, of 300 values that are all
// alike.
inline Measurement MeasuredAt(const std::string& mechanism, const std::vector<int64_t>& medians,
                              double messages_per_second = 1000) {
  std::vector<v1::Experiment> trials;
  for (const int64_t median : medians) {
    v1::Experiment& trial = trials.emplace_back(PipeTrial({{median, 300}}, messages_per_second));
    trial.mutable_spec()->mutable_measure()->set_mechanism(mechanism);
  }
  v1::ExperimentSpec spec = PipeSpec();
  spec.mutable_measure()->set_mechanism(mechanism);
  return SummaryOf(spec, trials, std::nullopt);
}

}  // namespace ipclab::cli
