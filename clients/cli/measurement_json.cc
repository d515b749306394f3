#include "clients/cli/measurement_json.h"

#include <vector>

#include "clients/cli/json_line.h"

namespace ipclab::cli {
namespace {

JsonLine LatencyJson(const Measurement& measurement) {
  const HistogramSnapshot& latency = measurement.latency;
  const bool any = latency.count > 0;
  JsonLine json;
  json.Number("count", latency.count)
      .Number("min", any ? std::optional(latency.min) : std::nullopt)
      .Number("p50", measurement.Percentile(50))
      .Number("p90", measurement.Percentile(90))
      .Number("p99", measurement.Percentile(99))
      .Number("p999", measurement.Percentile(99.9))
      .Number("max", any ? std::optional(latency.max) : std::nullopt);
  return json;
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
      .Object("latencyNanos", LatencyJson(measurement))
      .Real("messagesPerSecond", measurement.messages_per_second)
      .Real("bytesPerSecond", measurement.bytes_per_second)
      .Real("cpuNanosPerMessage", measurement.cpu_nanos_per_message)
      .Number("lost", measurement.lost)
      .Number("controlNanos", measurement.control_nanos)
      .Texts("warnings", warnings)
      .Message("environment", measurement.environment ? &*measurement.environment : nullptr);
  if (measurement.failure) json.Object("error", FailureJson(*measurement.failure));
  return json.str();
}

}  // namespace ipclab::cli
