#include "clients/cli/measure/trial_json.h"

#include <vector>

#include "google/protobuf/util/time_util.h"

namespace ipclab::cli {
namespace {

using google::protobuf::util::TimeUtil;

JsonLine WarmUpJson(const v1::WarmUp& warm_up) {
  JsonLine json;
  json.Number("messages", warm_up.messages())
      .Number("elapsedNanos", TimeUtil::DurationToNanoseconds(warm_up.elapsed()))
      .Truth("steady", warm_up.steady())
      .Numbers("windowNanos", {warm_up.window_nanos().begin(), warm_up.window_nanos().end()});
  return json;
}

JsonLine CensusJson(const v1::Census& census) {
  JsonLine json;
  json.Number("messages", census.messages());
  if (census.has_system_calls()) json.Number("systemCalls", census.system_calls());
  if (!census.system_calls_absent().empty()) {
    json.Text("systemCallsAbsent", census.system_calls_absent());
  }
  if (census.has_instructions()) json.Number("instructions", census.instructions());
  if (census.has_cycles()) json.Number("cycles", census.cycles());
  if (!census.hardware_absent().empty()) json.Text("hardwareAbsent", census.hardware_absent());
  return json;
}

JsonLine HostLoadJson(const v1::HostLoad& load) {
  JsonLine json;
  json.Real("stealShare", load.steal_share())
      .Real("othersShare", load.others_share())
      .Number("hiccups", load.hiccups())
      .Number("longestHiccupNanos", TimeUtil::DurationToNanoseconds(load.longest_hiccup()))
      .Real("loadAverage", load.load_average());
  return json;
}

std::vector<JsonLine> SlicesJson(const v1::Result& result) {
  std::vector<JsonLine> slices;
  for (const v1::Slice& slice : result.slices()) {
    JsonLine histogram;
    const v1::Histogram& values = slice.histogram();
    histogram.Numbers("indexes", {values.indexes().begin(), values.indexes().end()})
        .Numbers("counts", {values.counts().begin(), values.counts().end()});
    slices.emplace_back()
        .Number("beginNanos", TimeUtil::DurationToNanoseconds(slice.begin()))
        .Number("lengthNanos", TimeUtil::DurationToNanoseconds(slice.length()))
        .Number("messages", slice.messages())
        .Object("histogram", histogram);
  }
  return slices;
}

std::vector<std::string> WarningNames(const v1::Result& result) {
  std::vector<std::string> names;
  for (const int warning : result.warnings()) {
    names.push_back(v1::Result::Warning_Name(static_cast<v1::Result::Warning>(warning)));
  }
  return names;
}

// None where none was taken.
std::optional<int64_t> ControlNanos(int64_t nanos) {
  return nanos > 0 ? std::optional(nanos) : std::nullopt;
}

// What was taken beside the figures, where it was.
void AddCircumstances(const v1::Result& result, JsonLine& json) {
  if (result.has_drift()) json.Real("drift", result.drift());
  if (result.has_warm_up()) json.Object("warmUp", WarmUpJson(result.warm_up()));
  if (result.has_census()) json.Object("census", CensusJson(result.census()));
  if (result.has_host_load()) json.Object("hostLoad", HostLoadJson(result.host_load()));
  const v1::Counters& total = result.metrics().total();
  json.Object("switches", JsonLine()
                              .Number("voluntary", total.voluntary_switches())
                              .Number("involuntary", total.involuntary_switches()))
      .Object(
          "faults",
          JsonLine().Number("minor", total.minor_faults()).Number("major", total.major_faults()));
}

}  // namespace

JsonLine HistogramJson(const HistogramSnapshot& values) {
  std::vector<int64_t> indexes;
  std::vector<int64_t> counts;
  for (const HistogramSnapshot::Bucket& bucket : values.buckets) {
    indexes.push_back(bucket.index);
    counts.push_back(bucket.count);
  }
  JsonLine json;
  json.Numbers("indexes", indexes)
      .Numbers("counts", counts)
      .Number("minNanos", values.min)
      .Number("maxNanos", values.max);
  return json;
}

JsonLine TrialJson(const Trial& trial) {
  const v1::Result& result = trial.experiment.result();
  const TrialFigures figures = FiguresOfTrial(trial);
  const HistogramSnapshot values = LatencyValues(trial);
  const std::vector<int> cpus = CpusOf(trial);
  JsonLine json;
  json.Number("trial", trial.number)
      .Number("position", trial.position)
      .Truth("used", trial.left_out.empty())
      .Text("why", trial.left_out)
      .Texts("warnings", WarningNames(result))
      .Texts("warningDetails", {result.warning_details().begin(), result.warning_details().end()})
      .Number("count", values.count)
      .Number("p50", figures.p50)
      .Number("p99", figures.p99)
      .Number("max", values.count > 0 ? std::optional(values.max) : std::nullopt)
      .Real("messagesPerSecond", figures.messages_per_second)
      .Real("cpuNanosPerMessage", figures.cpu_nanos_per_message)
      .Number("controlBeforeNanos", ControlNanos(result.control_before_nanos()))
      .Number("controlAfterNanos", ControlNanos(result.control_after_nanos()))
      .Numbers("cpus", {cpus.begin(), cpus.end()});
  AddCircumstances(result, json);
  json.Object("histogram", HistogramJson(values)).Objects("slices", SlicesJson(result));
  return json;
}

}  // namespace ipclab::cli
