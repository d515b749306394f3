#include "server/export/hdr_log.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "server/durations.h"
#include "server/export/hdr_encoding.h"

namespace ipclab {
namespace {

constexpr double kNanosPerMilli = 1e6;

std::string Header(const v1::Experiment& experiment) {
  const v1::MeasureSpec& measure = experiment.spec().measure();
  const google::protobuf::Timestamp& created = experiment.create_time();
  const absl::Time start =
      absl::FromUnixSeconds(created.seconds()) + absl::Nanoseconds(created.nanos());
  const std::string seconds = absl::StrFormat("%d.%03d (seconds since epoch)", created.seconds(),
                                              created.nanos() / 1'000'000);
  return absl::StrCat(
      "#[Logged with ipclab " IPCLAB_VERSION "]\n#[Histogram log format version 1.3]\n#[",
      experiment.name(), ": ", measure.mechanism(), " ", v1::Pattern::Kind_Name(measure.pattern()),
      " ", measure.message_bytes(), " bytes, values in ns]\n#[StartTime: ", seconds, ", ",
      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", start, absl::UTCTimeZone()),
      "]\n#[BaseTime: ", seconds, "]\n",
      "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_"
      "Histogram\"\n");
}

// Time stamps count from BaseTime. When within it the figures were taken is not known, so the
// interval starts there, and is as long as the measurement was.
std::string Intervals(const v1::Metrics& metrics, const std::string& prefix) {
  std::string lines;
  const double seconds = absl::ToDoubleSeconds(FromProto(metrics.elapsed()));
  for (const v1::Latency& latency : metrics.latencies()) {
    const std::string tag = prefix + absl::AsciiStrToLower(v1::Latency::Kind_Name(latency.kind()));
    if (latency.count() == 0) {
      absl::StrAppend(&lines, "#[", tag, ": no figures, ", latency.absent_reason(), "]\n");
      continue;
    }
    absl::StrAppendFormat(&lines, "Tag=%s,0.000,%.3f,%.3f,%s\n", tag, seconds,
                          static_cast<double>(latency.max_nanos()) / kNanosPerMilli,
                          EncodeHdrForLog(latency.histogram()));
  }
  return lines;
}

}  // namespace

std::string ExportHdrLog(const v1::Experiment& experiment) {
  const v1::Result& result = experiment.result();
  return absl::StrCat(Header(experiment), Intervals(result.metrics(), ""),
                      Intervals(result.stepped_metrics(), "stepped_"));
}

}  // namespace ipclab
