#include "clients/cli/measure/measurement_json.h"

#include <vector>

#include "clients/cli/json_line.h"
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
      .Number("lost", measurement.lost)
      .Number("controlNanos", measurement.control_nanos);
  AddShape(spec, json);
  AddSpecials(measurement, json);
  json.Texts("warnings", warnings)
      .Message("environment", measurement.environment ? &*measurement.environment : nullptr);
  if (measurement.failure) json.Object("error", FailureJson(*measurement.failure));
  return json.str();
}

}  // namespace ipclab::cli
