#include "clients/cli/measure/measurement.h"

#include <algorithm>
#include <set>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

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

const v1::Latency* FindLatency(const v1::Metrics& metrics, v1::Latency::Kind kind) {
  for (const v1::Latency& latency : metrics.latencies()) {
    if (latency.kind() == kind) return &latency;
  }
  return nullptr;
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

void AddPlacement(const v1::Experiment& experiment, Measurement& sum) {
  sum.cpus.clear();
  for (const v1::Worker& worker : experiment.workers()) sum.cpus.push_back(worker.cpu());
  sum.placement = Achieved(experiment, sum.cpus);
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

bool CarriesMessages(v1::Pattern::Kind pattern) {
  return pattern != v1::Pattern::CONTENTION && pattern != v1::Pattern::HAND_OFF &&
         pattern != v1::Pattern::NOTIFY;
}

Measurement Summarize(const v1::ExperimentSpec& asked, const std::vector<v1::Experiment>& trials,
                      std::optional<Failure> failure, bool may_lose) {
  Measurement sum;
  sum.may_lose = may_lose;
  sum.spec = trials.empty() ? asked.measure() : trials.front().spec().measure();
  sum.placement = asked.placement();
  sum.trials = static_cast<int>(trials.size());
  sum.latency_kind = LatencyKindOf(sum.spec.pattern());
  sum.failure = std::move(failure);
  std::vector<double> message_rates;
  std::vector<double> byte_rates;
  std::vector<int64_t> controls;
  std::set<v1::Result::Warning> warnings;
  int64_t cpu_nanos = 0;
  for (const v1::Experiment& trial : trials) {
    const v1::Result& result = trial.result();
    const v1::Metrics& metrics = result.metrics();
    AddPlacement(trial, sum);
    AddCounters(metrics.total(), sum);
    AddLatency(metrics, sum.latency_kind, sum.latency, sum);
    if (sum.spec.pattern() == v1::Pattern::CONTENTION) {
      AddLatency(metrics, v1::Latency::HAND_OFF, sum.hand_off, sum);
      AddShares(metrics, sum);
    }
    message_rates.push_back(metrics.messages_per_second());
    byte_rates.push_back(metrics.bytes_per_second());
    cpu_nanos += metrics.total().cpu_user_nanos() + metrics.total().cpu_system_nanos();
    for (const int64_t control : {result.control_before_nanos(), result.control_after_nanos()}) {
      if (control > 0) controls.push_back(control);
    }
    for (const int warning : result.warnings()) {
      warnings.insert(static_cast<v1::Result::Warning>(warning));
    }
    if (result.has_environment()) sum.environment = result.environment();
  }
  sum.messages_per_second = Median(message_rates);
  sum.bytes_per_second = Median(byte_rates);
  if (sum.messages > 0) {
    sum.cpu_nanos_per_message = static_cast<double>(cpu_nanos) / static_cast<double>(sum.messages);
  }
  sum.control_nanos = Median(controls);
  sum.warnings.assign(warnings.begin(), warnings.end());
  if (!sum.failure) sum.failure = CheckDelivery(sum);
  return sum;
}

}  // namespace ipclab::cli
