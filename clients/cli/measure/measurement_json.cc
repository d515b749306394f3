#include "clients/cli/measure/measurement_json.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/json_line.h"
#include "clients/cli/measure/comparison_json.h"
#include "clients/cli/measure/trial_json.h"
#include "common/stats/percentile.h"
#include "google/protobuf/util/time_util.h"

namespace ipclab::cli {
namespace {

JsonLine LatencyJson(const Distribution& latency) {
  const bool any = !latency.empty();
  JsonLine json;
  json.Number("count", latency.values.count)
      .Number("min", any ? std::optional(latency.values.min) : std::nullopt)
      .Number("p50", latency.Percentile(50))
      .Number("p90", latency.Percentile(90))
      .Number("p99", latency.Percentile(99))
      .Number("p999", latency.Percentile(99.9))
      .Number("p9999", latency.Percentile(99.99))
      .Number("max", any ? std::optional(latency.values.max) : std::nullopt);
  return json;
}

JsonLine LoadJson(const v1::Load& load) {
  JsonLine json;
  json.Real("perSecond", load.per_second())
      .Text("arrivals", v1::Load::Arrivals_Name(load.arrivals()));
  if (load.seed() != 0) json.Number("seed", load.seed());
  return json;
}

// What is not as in a closed loop of one sender and one receiver.
void AddShape(const v1::MeasureSpec& spec, JsonLine& json) {
  using google::protobuf::util::TimeUtil;
  if (spec.senders() > 1) json.Number("senders", spec.senders());
  if (spec.receivers() > 1) json.Number("receivers", spec.receivers());
  if (spec.workers() > 0) json.Number("workers", spec.workers());
  if (spec.has_critical_section()) {
    json.Number("criticalSectionNanos", TimeUtil::DurationToNanoseconds(spec.critical_section()));
  }
  if (spec.time_every() > 1) json.Number("timeEvery", spec.time_every());
  if (spec.has_load()) json.Object("load", LoadJson(spec.load()));
}

JsonLine OptionsJson(const v1::MeasureSpec& spec) {
  JsonLine json;
  const std::map<std::string, std::string> sorted(spec.options().begin(), spec.options().end());
  for (const auto& [key, value] : sorted) json.Text(key, value);
  return json;
}

// What each trial was to be.
void AddAsked(const Measurement& measurement, JsonLine& json) {
  using google::protobuf::util::TimeUtil;
  const v1::MeasureSpec& spec = measurement.spec;
  json.Object("options", OptionsJson(spec));
  if (spec.verify_payload()) json.Truth("verify", true);
  if (spec.has_duration()) {
    json.Number("durationNanos", TimeUtil::DurationToNanoseconds(spec.duration()));
  } else if (spec.messages() > 0) {
    json.Number("messagesPerTrial", spec.messages());
  }
  if (measurement.trials_asked > 0) json.Number("trialsAsked", measurement.trials_asked);
  if (measurement.interrupted) json.Truth("interrupted", true);
}

// What only some patterns and mechanisms have.
void AddSpecials(const Measurement& measurement, JsonLine& json) {
  if (measurement.spec.pattern() == v1::Pattern::CONTENTION) {
    json.Object("handOffNanos", LatencyJson(measurement.hand_off))
        .Reals("shares", measurement.shares);
  }
  if (measurement.spec.pattern() == v1::Pattern::NOTIFY) {
    json.Number("coalesced", measurement.coalesced);
  }
  if (measurement.retries > 0) json.Number("retries", measurement.retries);
  if (measurement.batch > 1) json.Number("batch", measurement.batch);
}

void AddInterval(const char* key, const std::optional<stats::Interval>& interval, JsonLine& json) {
  if (interval) json.Reals(key, {interval->low, interval->high});
}

// Over trials; a key is absent where there are too few.
JsonLine IntervalsJson(const TrialIntervals& intervals) {
  JsonLine json;
  AddInterval("p50", intervals.p50, json);
  AddInterval("p99", intervals.p99, json);
  AddInterval("messagesPerSecond", intervals.messages_per_second, json);
  AddInterval("cpuNanosPerMessage", intervals.cpu_nanos_per_message, json);
  return json;
}

// Of the pooled values, as if each were independent of the others.
JsonLine PercentileIntervalsJson(const Distribution& latency) {
  JsonLine json;
  for (const auto& [key, percent] :
       {std::pair{"p50", 50.0}, {"p90", 90.0}, {"p99", 99.0}, {"p999", 99.9}, {"p9999", 99.99}}) {
    if (!latency.Percentile(percent)) continue;
    const auto interval = stats::PercentileInterval(latency.values, percent);
    if (interval) json.Numbers(key, {interval->low, interval->high});
  }
  return json;
}

// What is reckoned over trials, and beside other measurements.
void AddInference(const Measurement& measurement, JsonLine& json) {
  if (measurement.seed != 0) json.Text("seed", absl::StrCat(measurement.seed));
  json.Object("intervals", IntervalsJson(measurement.intervals))
      .Object("percentileIntervals", PercentileIntervalsJson(measurement.latency));
  if (const auto times = TimesControl(measurement)) json.Real("timesControl", times);
  if (measurement.floor_nanos) json.Number("floorNanos", measurement.floor_nanos);
  if (measurement.system_calls_per_message) {
    json.Real("systemCallsPerMessage", measurement.system_calls_per_message);
  }
  if (measurement.comparison) json.Object("comparison", ComparisonJson(*measurement.comparison));
  if (measurement.noise_floor) json.Object("noiseFloor", ComparisonJson(*measurement.noise_floor));
}

std::vector<JsonLine> TrialsJson(const Measurement& measurement) {
  std::vector<JsonLine> trials;
  for (const Trial& trial : measurement.runs) trials.push_back(TrialJson(trial));
  return trials;
}

}  // namespace

std::string MeasurementJson(const Measurement& measurement) {
  const v1::MeasureSpec& spec = measurement.spec;
  std::vector<std::string> warnings;
  for (const v1::Result::Warning warning : measurement.warnings) {
    warnings.push_back(v1::Result::Warning_Name(warning));
  }
  JsonLine json;
  json.Text("mechanism", spec.mechanism())
      .Number("messageBytes", spec.message_bytes())
      .Text("pattern", v1::Pattern::Kind_Name(spec.pattern()))
      .Text("placement", v1::Placement::Policy_Name(measurement.placement.policy()))
      .Text("wait", v1::MeasureSpec::Wait_Name(spec.wait()))
      .Number("trials", measurement.trials)
      .Text("latencyKind", v1::Latency::Kind_Name(measurement.latency_kind))
      .Object("latencyNanos", LatencyJson(measurement.latency))
      .Real("messagesPerSecond", measurement.messages_per_second)
      .Real("bytesPerSecond", measurement.bytes_per_second)
      .Real("cpuNanosPerMessage", measurement.cpu_nanos_per_message)
      .Number("messages", measurement.messages)
      .Number("lost", measurement.lost)
      .Number("controlNanos", measurement.control_nanos);
  AddAsked(measurement, json);
  AddShape(spec, json);
  AddSpecials(measurement, json);
  if (measurement.kept) json.Texts("experiments", KeptExperiments(measurement));
  json.Texts("warnings", warnings)
      .Message("environment", measurement.environment ? &*measurement.environment : nullptr);
  AddInference(measurement, json);
  json.Object("histogram", HistogramJson(measurement.latency.values))
      .Objects("trialResults", TrialsJson(measurement));
  if (measurement.failure) json.Object("error", FailureJson(*measurement.failure));
  return json.str();
}

}  // namespace ipclab::cli
