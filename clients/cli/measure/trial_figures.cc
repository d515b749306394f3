#include "clients/cli/measure/trial_figures.h"

#include "clients/cli/measure/distribution.h"
#include "common/stats/percentile.h"

namespace ipclab::cli {
namespace {

std::optional<int64_t> SupportedPercentile(const HistogramSnapshot& values, double percent) {
  if (values.count == 0 || values.count < stats::NeededCount(percent)) return std::nullopt;
  return values.ValueAtPercentile(percent);
}

}  // namespace

v1::Latency::Kind LatencyKindOf(v1::Pattern::Kind pattern) {
  switch (pattern) {
    case v1::Pattern::ROUND_TRIP:
    case v1::Pattern::HAND_OFF:
      return v1::Latency::ROUND_TRIP;
    case v1::Pattern::CONTENTION:
      return v1::Latency::ACQUIRE;
    case v1::Pattern::NOTIFY:
      return v1::Latency::SEND_CALL;
    default:
      return v1::Latency::ONE_WAY;
  }
}

const v1::Latency* FindLatency(const v1::Metrics& metrics, v1::Latency::Kind kind) {
  for (const v1::Latency& latency : metrics.latencies()) {
    if (latency.kind() == kind) return &latency;
  }
  return nullptr;
}

HistogramSnapshot LatencyValues(const Trial& trial) {
  const v1::Experiment& experiment = trial.experiment;
  const v1::Latency* const latency = FindLatency(
      experiment.result().metrics(), LatencyKindOf(experiment.spec().measure().pattern()));
  if (latency == nullptr || !latency->absent_reason().empty()) return {};
  return HistogramOf(*latency).value_or(HistogramSnapshot());
}

TrialFigures FiguresOfTrial(const Trial& trial) {
  const v1::Metrics& metrics = trial.experiment.result().metrics();
  const v1::Counters& total = metrics.total();
  const HistogramSnapshot values = LatencyValues(trial);
  TrialFigures figures = {.p50 = SupportedPercentile(values, 50),
                          .p99 = SupportedPercentile(values, 99),
                          .messages_per_second = metrics.messages_per_second(),
                          .cpu_nanos_per_message = std::nullopt};
  if (total.messages() > 0) {
    figures.cpu_nanos_per_message =
        static_cast<double>(total.cpu_user_nanos() + total.cpu_system_nanos()) /
        static_cast<double>(total.messages());
  }
  return figures;
}

std::vector<int> CpusOf(const Trial& trial) {
  std::vector<int> cpus;
  for (const v1::Worker& worker : trial.experiment.workers()) cpus.push_back(worker.cpu());
  return cpus;
}

}  // namespace ipclab::cli
