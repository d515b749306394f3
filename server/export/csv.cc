#include "server/export/csv.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "server/durations.h"

namespace ipclab {
namespace {

std::string Quote(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  return absl::StrCat("\"", absl::StrReplaceAll(field, {{"\"", "\"\""}}), "\"");
}

// Without an exponent, which not every spreadsheet takes.
std::string Decimal(double value) { return absl::StrFormat("%.3f", value); }

struct Row {
  std::string kind;
  std::string statistic;
  std::string value;
  std::string unit;
  std::string count = "";
  std::string note = "";
};

class Table {
 public:
  explicit Table(const v1::Experiment& experiment) {
    const v1::MeasureSpec& measure = experiment.spec().measure();
    of_ = {experiment.name(), measure.mechanism(), v1::Pattern::Kind_Name(measure.pattern()),
           absl::StrCat(measure.message_bytes())};
    text_ =
        "experiment,mechanism,pattern,message_bytes,stepped,kind,statistic,value,unit,count,note\n";
    const v1::Result& result = experiment.result();
    if (result.has_metrics()) AddMetrics(result.metrics(), "false");
    if (result.has_stepped_metrics()) AddMetrics(result.stepped_metrics(), "true");
    AddControl(result);
    AddWarnings(result);
  }

  std::string Take() { return std::move(text_); }

 private:
  void Add(const Row& row) {
    std::vector<std::string> fields = of_;
    fields.insert(fields.end(),
                  {stepped_, row.kind, row.statistic, row.value, row.unit, row.count, row.note});
    absl::StrAppend(&text_,
                    absl::StrJoin(fields, ",",
                                  [](std::string* out, const std::string& each) {
                                    absl::StrAppend(out, Quote(each));
                                  }),
                    "\n");
  }

  void AddMetrics(const v1::Metrics& metrics, const std::string& stepped) {
    stepped_ = stepped;
    for (const v1::Latency& latency : metrics.latencies()) AddLatency(latency);
    AddCounters(metrics.total());
    Add({"rate", "messages_per_second", Decimal(metrics.messages_per_second()), "1/s"});
    Add({"rate", "bytes_per_second", Decimal(metrics.bytes_per_second()), "B/s"});
    Add({"rate", "elapsed", Count(absl::ToInt64Nanoseconds(FromProto(metrics.elapsed()))), "ns"});
    stepped_.clear();
  }

  void AddLatency(const v1::Latency& latency) {
    const std::string kind = absl::AsciiStrToLower(v1::Latency::Kind_Name(latency.kind()));
    const std::string count = Count(latency.count());
    const bool any = latency.count() > 0;
    const auto add = [&](const std::string& statistic, bool present, int64_t nanos,
                         const std::string& note) {
      Add({kind, statistic, present ? Count(nanos) : "", "ns", count, present ? "" : note});
    };
    add("min", any, latency.min_nanos(), latency.absent_reason());
    for (const v1::Percentile& each : latency.percentiles()) {
      add(absl::StrCat("p", each.percent()), each.has_nanos(), each.nanos(),
          any ? absl::StrCat("needs ", each.needed_count(), " values") : latency.absent_reason());
    }
    add("max", any, latency.max_nanos(), latency.absent_reason());
  }

  // By reflection, so that a counter that is new is not forgotten here.
  void AddCounters(const v1::Counters& total) {
    const auto& descriptor = *v1::Counters::descriptor();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const auto& field = *descriptor.field(i);
      absl::string_view name = field.name();
      const bool is_time = absl::ConsumeSuffix(&name, "_nanos");
      Add({"counter", std::string(name), Count(total.GetReflection()->GetInt64(total, &field)),
           is_time           ? "ns"
           : name == "bytes" ? "B"
                             : "1"});
    }
  }

  void AddControl(const v1::Result& result) {
    // 0: there was nobody to hand anything over to.
    const auto add = [&](const char* statistic, int64_t nanos) {
      Add({"control", statistic, nanos == 0 ? "" : Count(nanos), "ns", "",
           nanos == 0 ? "not measured" : ""});
    };
    add("before", result.control_before_nanos());
    add("after", result.control_after_nanos());
  }

  void AddWarnings(const v1::Result& result) {
    for (const int warning : result.warnings()) {
      Add({"warning",
           absl::AsciiStrToLower(
               v1::Result::Warning_Name(static_cast<v1::Result::Warning>(warning))),
           "1", "1"});
    }
  }

  static std::string Count(int64_t number) { return absl::StrCat(number); }

  std::vector<std::string> of_;  // the first columns
  std::string stepped_;          // empty where it makes no difference
  std::string text_;
};

}  // namespace

std::string ExportCsv(const v1::Experiment& experiment) { return Table(experiment).Take(); }

}  // namespace ipclab
