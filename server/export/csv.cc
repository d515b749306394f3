#include "server/export/csv.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/histogram.h"
#include "common/stats/percentile.h"
#include "server/durations.h"

namespace ipclab {
namespace {

std::string Quote(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  return absl::StrCat("\"", absl::StrReplaceAll(field, {{"\"", "\"\""}}), "\"");
}

// Without an exponent, which not every spreadsheet takes.
std::string Decimal(double value) { return absl::StrFormat("%.3f", value); }

// Shares and the like, which are small.
std::string Fine(double value) { return absl::StrFormat("%.6f", value); }

// Least and greatest are those of the buckets: a slice has no others.
HistogramSnapshot SnapshotOf(const v1::Histogram& histogram) {
  HistogramSnapshot values;
  const int buckets = std::min(histogram.indexes_size(), histogram.counts_size());
  for (int i = 0; i < buckets; ++i) {
    values.buckets.push_back({.index = histogram.indexes(i), .count = histogram.counts(i)});
    values.count += histogram.counts(i);
  }
  if (buckets > 0) {
    values.min = HistogramLayout::LowestAt(values.buckets.front().index);
    values.max = HistogramLayout::HighestAt(values.buckets.back().index);
  }
  return values;
}

struct Row {
  std::string kind;
  std::string statistic;
  std::string value;
  std::string unit;
  std::string count = "";
  std::string note = "";
  std::string begin = "";
};

class Table {
 public:
  explicit Table(const v1::Experiment& experiment) {
    const v1::MeasureSpec& measure = experiment.spec().measure();
    of_ = {experiment.name(), measure.mechanism(), v1::Pattern::Kind_Name(measure.pattern()),
           absl::StrCat(measure.message_bytes())};
    text_ =
        "experiment,mechanism,pattern,message_bytes,stepped,kind,statistic,value,unit,count,note,"
        "begin_ns\n";
    const v1::Result& result = experiment.result();
    if (result.has_metrics()) {
      AddMetrics(result.metrics(), "false");
      AddRun(result);
    }
    if (result.has_stepped_metrics()) AddMetrics(result.stepped_metrics(), "true");
    AddControl(result);
    AddHostLoad(result);
    AddWarnings(result);
  }

  std::string Take() { return std::move(text_); }

 private:
  void Add(const Row& row) {
    std::vector<std::string> fields = of_;
    fields.insert(fields.end(), {stepped_, row.kind, row.statistic, row.value, row.unit, row.count,
                                 row.note, row.begin});
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
    Add({"rate", "elapsed", Nanos(metrics.elapsed()), "ns"});
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
    Add({kind, "batch", any ? Count(std::max(latency.batch(), 1)) : "", "1", count,
         any ? "" : latency.absent_reason()});
  }

  // What belongs to running free alone.
  void AddRun(const v1::Result& result) {
    stepped_ = "false";
    const v1::WarmUp& warm_up = result.warm_up();
    AddMaybe("warm_up", "messages", result.has_warm_up(), Count(warm_up.messages()), "1");
    AddMaybe("warm_up", "elapsed", result.has_warm_up(), Nanos(warm_up.elapsed()), "ns");
    AddMaybe("warm_up", "steady", result.has_warm_up(), warm_up.steady() ? "1" : "0", "1");
    AddMaybe("run", "drift", result.has_drift(), Fine(result.drift()), "1", "too few slices");
    AddCensus(result.census());
    for (const v1::Slice& slice : result.slices()) AddSlice(slice);
    stepped_.clear();
  }

  void AddCensus(const v1::Census& census) {
    AddMaybe("census", "messages", census.messages() > 0, Count(census.messages()), "1");
    AddMaybe("census", "system_calls", census.has_system_calls(), Count(census.system_calls()), "1",
             census.system_calls_absent());
    AddMaybe("census", "instructions", census.has_instructions(), Count(census.instructions()), "1",
             census.hardware_absent());
    AddMaybe("census", "cycles", census.has_cycles(), Count(census.cycles()), "1",
             census.hardware_absent());
  }

  void AddSlice(const v1::Slice& slice) {
    const HistogramSnapshot values = SnapshotOf(slice.histogram());
    const std::string begin = Nanos(slice.begin());
    const std::string count = Count(values.count);
    Add({"slice", "length", Nanos(slice.length()), "ns", "", "", begin});
    Add({"slice", "messages", Count(slice.messages()), "1", "", "", begin});
    for (const double percent : {50.0, 99.0}) {
      const int64_t needed = stats::NeededCount(percent);
      const bool enough = values.count >= needed;
      Add({"slice", absl::StrCat("p", percent),
           enough ? Count(values.ValueAtPercentile(percent)) : "", "ns", count,
           enough ? "" : absl::StrCat("needs ", needed, " values"), begin});
    }
    Add({"slice", "max", values.count > 0 ? Count(values.max) : "", "ns", count,
         values.count > 0 ? "" : "no values", begin});
  }

  void AddHostLoad(const v1::Result& result) {
    const v1::HostLoad& load = result.host_load();
    const bool known = result.has_host_load();
    AddMaybe("host_load", "steal_share", known, Fine(load.steal_share()), "1");
    AddMaybe("host_load", "others_share", known, Fine(load.others_share()), "1");
    AddMaybe("host_load", "hiccups", known, Count(load.hiccups()), "1");
    AddMaybe("host_load", "longest_hiccup", known, Nanos(load.longest_hiccup()), "ns");
    AddMaybe("host_load", "load_average", known, Decimal(load.load_average()), "1");
  }

  void AddMaybe(const std::string& kind, const std::string& statistic, bool known,
                const std::string& value, const std::string& unit,
                const std::string& otherwise = "not measured") {
    const std::string note = otherwise.empty() ? "not measured" : otherwise;
    Add({kind, statistic, known ? value : "", unit, "", known ? "" : note});
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
    for (int i = 0; i < result.warnings_size(); ++i) {
      Add({"warning", absl::AsciiStrToLower(v1::Result::Warning_Name(result.warnings(i))), "1", "1",
           "", i < result.warning_details_size() ? result.warning_details(i) : ""});
    }
  }

  static std::string Count(int64_t number) { return absl::StrCat(number); }

  static std::string Nanos(const google::protobuf::Duration& duration) {
    return Count(absl::ToInt64Nanoseconds(FromProto(duration)));
  }

  std::vector<std::string> of_;  // the first columns
  std::string stepped_;          // empty where it makes no difference
  std::string text_;
};

}  // namespace

std::string ExportCsv(const v1::Experiment& experiment) { return Table(experiment).Take(); }

}  // namespace ipclab
