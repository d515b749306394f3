#include "clients/cli/run_page.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "clients/cli/moment.h"
#include "clients/cli/sections.h"
#include "clients/cli/units.h"
#include "common/histogram.h"

namespace ipclab::cli {
namespace {

// Leaves room for the range behind it in 80 columns.
constexpr int kGraphColumns = 32;

using Buckets = std::map<int, int64_t>;

void Merge(const v1::Histogram& histogram, Buckets& buckets) {
  const int count = std::min(histogram.indexes_size(), histogram.counts_size());
  for (int i = 0; i < count; ++i) {
    const int index = histogram.indexes(i);
    if (index >= 0 && index < HistogramLayout::kCounts) buckets[index] += histogram.counts(i);
  }
}

// 0 of nothing.
int64_t MedianOf(const Buckets& buckets) {
  int64_t left = 0;
  for (const auto& [index, count] : buckets) left += count;
  left = (left + 1) / 2;
  for (const auto& [index, count] : buckets) {
    left -= count;
    if (left <= 0 && count > 0) return HistogramLayout::HighestAt(index);
  }
  return 0;
}

std::string TimeText(const google::protobuf::Duration& duration) {
  return NanosText(absl::ToInt64Nanoseconds(DurationOf(duration)));
}

// One or more slices together, so that all of them fit.
struct SliceGroup {
  Buckets buckets;
  double messages = 0;
  absl::Duration length;
};

std::vector<SliceGroup> SliceGroupsOf(const v1::Result& result) {
  const int slices = result.slices_size();
  const int together = (slices + kGraphColumns - 1) / kGraphColumns;
  std::vector<SliceGroup> groups;
  for (int i = 0; i < slices; ++i) {
    if (i % together == 0) groups.emplace_back();
    const v1::Slice& slice = result.slices(i);
    Merge(slice.histogram(), groups.back().buckets);
    groups.back().messages += static_cast<double>(slice.messages());
    groups.back().length += DurationOf(slice.length());
  }
  return groups;
}

// The graph and its range; empty where it would be none.
template <typename ToText>
std::string GraphText(const std::vector<double>& values, Glyphs glyphs, const ToText& to_text) {
  if (values.size() < 2) return "";
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  if (*greatest <= 0) return "";
  return absl::StrCat(Sparkline(values, values.size(), glyphs), " ", to_text(*least), " to ",
                      to_text(*greatest));
}

std::string MediansText(const std::vector<SliceGroup>& groups, Glyphs glyphs) {
  std::vector<double> medians;
  for (const SliceGroup& each : groups) {
    medians.push_back(static_cast<double>(MedianOf(each.buckets)));
  }
  const std::string graph = GraphText(
      medians, glyphs, [](double nanos) { return NanosText(static_cast<int64_t>(nanos)); });
  if (graph.empty()) return "";
  return absl::StrCat(graph, ", every ",
                      NanosText(absl::ToInt64Nanoseconds(groups.front().length)));
}

std::string RatesText(const std::vector<SliceGroup>& groups, Glyphs glyphs) {
  std::vector<double> rates;
  for (const SliceGroup& each : groups) {
    const double seconds = absl::ToDoubleSeconds(each.length);
    rates.push_back(seconds > 0 ? each.messages / seconds : 0);
  }
  return GraphText(rates, glyphs, RateText);
}

std::string ControlText(const v1::Result& result) {
  if (result.control_before_nanos() == 0) return "";
  return absl::StrCat(NanosText(result.control_before_nanos()), " before, ",
                      NanosText(result.control_after_nanos()), " after");
}

std::string WarmUpText(const v1::Result& result) {
  if (!result.has_warm_up()) return "";
  const v1::WarmUp& warm_up = result.warm_up();
  if (warm_up.messages() == 0) return "";
  const char* const how = warm_up.steady()                 ? "until it was steady"
                          : warm_up.window_nanos().empty() ? "as many as were asked for"
                                                           : "and not steady by then";
  return absl::StrCat(warm_up.messages(), " messages in ", TimeText(warm_up.elapsed()), ", ", how);
}

std::string DriftText(const v1::Result& result) {
  if (!result.has_drift()) return "";
  return absl::StrFormat("%+.1f%% from the first tenth to the last", result.drift() * 100);
}

// "12.3", "8.12 k"; exact where it is a whole number below a thousand.
std::string PerMessage(int64_t count, int64_t messages) {
  const double mean = static_cast<double>(count) / static_cast<double>(messages);
  return mean < 100 ? absl::StrFormat("%.2f", mean) : RateText(mean);
}

std::string CostText(const v1::Result& result) {
  std::vector<std::string> parts;
  const v1::Counters& total = result.metrics().total();
  const int64_t cpu_nanos = total.cpu_user_nanos() + total.cpu_system_nanos();
  if (total.messages() > 0 && cpu_nanos > 0) {
    parts.push_back(absl::StrCat("CPU ", NanosText(cpu_nanos / total.messages())));
  }
  const v1::Census& census = result.census();
  if (census.messages() > 0) {
    const auto add = [&](bool known, int64_t count, const char* what) {
      if (known) parts.push_back(absl::StrCat(PerMessage(count, census.messages()), what));
    };
    add(census.has_system_calls(), census.system_calls(), " system calls");
    add(census.has_instructions(), census.instructions(), " instructions");
    add(census.has_cycles(), census.cycles(), " cycles");
  }
  return absl::StrJoin(parts, ", ");
}

std::string NotCountedText(const v1::Result& result) {
  const v1::Census& census = result.census();
  std::vector<std::string> parts;
  if (!census.system_calls_absent().empty()) {
    parts.push_back("system calls: " + Printable(census.system_calls_absent()));
  }
  if (!census.hardware_absent().empty()) {
    parts.push_back("instructions and cycles: " + Printable(census.hardware_absent()));
  }
  return absl::StrJoin(parts, "; ");
}

std::string HostText(const v1::Result& result) {
  if (!result.has_host_load()) return "";
  const v1::HostLoad& load = result.host_load();
  const std::string hiccups =
      load.hiccups() == 0
          ? "no hiccup"
          : absl::StrCat(load.hiccups(), load.hiccups() == 1 ? " hiccup" : " hiccups",
                         ", the longest ", TimeText(load.longest_hiccup()));
  return absl::StrFormat("others %.1f%%, hypervisor %.1f%% of a worker's CPU; %s; load %.2f",
                         load.others_share() * 100, load.steal_share() * 100, hiccups,
                         load.load_average());
}

}  // namespace

std::string RunPage(const v1::Result& result, const Terminal& terminal, Glyphs glyphs) {
  if (!result.has_metrics()) return "";
  const std::vector<SliceGroup> groups = SliceGroupsOf(result);
  return Section("the run",
                 {{"warm-up", WarmUpText(result)},
                  {"p50 by time", MediansText(groups, glyphs)},
                  {"rate by time", RatesText(groups, glyphs)},
                  {"drift", DriftText(result)},
                  {"a message costs", CostText(result)},
                  {"not counted", NotCountedText(result)},
                  {"control", ControlText(result)},
                  {"host meanwhile", HostText(result)}},
                 terminal);
}

}  // namespace ipclab::cli
