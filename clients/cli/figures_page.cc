#include "clients/cli/figures_page.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "clients/cli/moment.h"
#include "clients/cli/parse.h"
#include "clients/cli/programs/program_figures.h"
#include "clients/cli/sections.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

// A table fits between the indentation and the edge.
Terminal Inner(Terminal terminal) {
  if (terminal.width > 2) terminal.width -= 2;
  return terminal;
}

std::string PercentileCell(const v1::Latency& latency, double percent) {
  const std::optional<int64_t> nanos = PercentileOf(latency, percent);
  return nanos ? NanosText(*nanos) : "-";
}

// What a value is, where it is more than one message.
std::string BatchText(const v1::Metrics& metrics) {
  for (const v1::Latency& latency : metrics.latencies()) {
    if (latency.batch() <= 1) continue;
    return absl::StrCat("  Each value of ", LatencyKindText(latency.kind()), " is the mean of ",
                        latency.batch(), " that were timed together.\n");
  }
  return "";
}

std::string LatencyTable(const v1::Metrics& metrics, const Terminal& terminal) {
  if (metrics.latencies().empty()) return "";
  Table table({{.title = "latency", .align = kLeft, .key = true},
               {.title = "values"},
               {.title = "min"},
               {.title = "p50"},
               {.title = "p90"},
               {.title = "p99"},
               {.title = "p99.9"},
               {.title = "max"}});
  for (const v1::Latency& latency : metrics.latencies()) {
    const std::string kind = LatencyKindText(latency.kind());
    if (!latency.absent_reason().empty()) {
      table.AddText({kind}, absl::StrCat("none: ", latency.absent_reason()), Tone::kFaint);
      continue;
    }
    if (latency.count() == 0) continue;
    table.AddRow({kind, absl::StrCat(latency.count()), NanosText(latency.min_nanos()),
                  PercentileCell(latency, 50), PercentileCell(latency, 90),
                  PercentileCell(latency, 99), PercentileCell(latency, 99.9),
                  NanosText(latency.max_nanos())});
  }
  return absl::StrCat("\n", Indented(table.Render(Inner(terminal))), BatchText(metrics));
}

// True where workers with one role may have done more and less than each other.
bool HasShares(const v1::Metrics& metrics) {
  return std::any_of(metrics.workers().begin(), metrics.workers().end(),
                     [](const auto& worker) { return worker.share() > 0 && worker.share() < 1; });
}

// What is touched before has none, which is not worth a column.
bool HasFaults(const v1::Metrics& metrics) {
  return std::any_of(metrics.workers().begin(), metrics.workers().end(), [](const auto& worker) {
    return worker.counters().minor_faults() + worker.counters().major_faults() > 0;
  });
}

std::string WorkerTable(const v1::Metrics& metrics, const Terminal& terminal) {
  if (metrics.workers().empty()) return "";
  const bool shares = HasShares(metrics);
  std::vector<Table::Column> columns = {{.title = "worker", .align = kLeft, .key = true},
                                        {.title = "role", .align = kLeft},
                                        {.title = "messages"}};
  if (shares) columns.push_back({.title = "share"});
  const bool faults = HasFaults(metrics);
  for (const char* title : {"CPU user", "CPU kernel", "waited", "slept", "preempted"}) {
    columns.push_back({.title = title});
  }
  if (faults) columns.push_back({.title = "faults"});
  Table table(std::move(columns));
  for (const v1::WorkerMetrics& worker : metrics.workers()) {
    const v1::Counters& own = worker.counters();
    // These come when a run or step ends; until then they are not nothing, but not known.
    const bool accounted = own.cpu_user_nanos() + own.cpu_system_nanos() > 0;
    std::vector<std::string> cells = {absl::StrCat(worker.worker()), worker.role(),
                                      absl::StrCat(own.messages())};
    if (shares) cells.push_back(absl::StrFormat("%.1f%%", worker.share() * 100));
    for (const std::string& text :
         {NanosText(own.cpu_user_nanos()), NanosText(own.cpu_system_nanos()),
          NanosText(own.run_delay_nanos()), absl::StrCat(own.voluntary_switches()),
          absl::StrCat(own.involuntary_switches())}) {
      cells.push_back(accounted ? text : "-");
    }
    if (faults) cells.push_back(absl::StrCat(own.minor_faults() + own.major_faults()));
    table.AddRow(std::move(cells));
  }
  return absl::StrCat("\n", Indented(table.Render(Inner(terminal))));
}

std::string MergedText(const v1::Counters& total) {
  if (total.coalesced() == 0) return "";
  return absl::StrCat(total.coalesced(), " notifications, seen together with another one");
}

std::string RetriesText(const v1::Counters& total) {
  if (total.retries() == 0) return "";
  return absl::StrCat(total.retries(), " times, as the writer was at work meanwhile");
}

}  // namespace

std::string FiguresPage(const v1::Metrics& metrics, const Terminal& terminal) {
  if (metrics.has_program()) return ProgramFigures(metrics, terminal);
  const v1::Counters& total = metrics.total();
  const std::string mishaps = MishapsText(total);
  const std::string rate =
      metrics.messages_per_second() > 0
          ? absl::StrCat(RateText(metrics.messages_per_second()), " messages/s",
                         metrics.bytes_per_second() > 0
                             ? absl::StrCat(", ", ByteRateText(metrics.bytes_per_second()), "/s")
                             : "")
          : "";
  return absl::StrCat(Section(metrics.stepped() ? "figures of the steps" : "figures",
                              {{"messages", absl::StrCat(total.messages(), " in ",
                                                         RoughText(DurationOf(metrics.elapsed())))},
                               {"rate", rate},
                               {"merged", MergedText(total)},
                               {"read again", RetriesText(total)},
                               {"went wrong", mishaps.empty() ? "nothing" : mishaps}},
                              terminal),
                      LatencyTable(metrics, terminal), WorkerTable(metrics, terminal));
}

const v1::Latency* MainLatency(const v1::Metrics& metrics) {
  const v1::Latency* send_call = nullptr;
  for (const v1::Latency& latency : metrics.latencies()) {
    if (latency.count() == 0) continue;
    if (latency.kind() != v1::Latency::SEND_CALL) return &latency;
    send_call = &latency;
  }
  // Where it is all that is timed, as of NOTIFY; elsewhere it is another thing than what is
  // missing.
  return metrics.latencies_size() == 1 ? send_call : nullptr;
}

std::optional<int64_t> PercentileOf(const v1::Latency& latency, double percent) {
  for (const v1::Percentile& each : latency.percentiles()) {
    if (each.percent() == percent && each.has_nanos()) return each.nanos();
  }
  return std::nullopt;
}

std::string LatencyText(const v1::Metrics& metrics) {
  const v1::Latency* latency = MainLatency(metrics);
  if (!latency) return "";
  std::vector<std::string> parts;
  for (const double percent : {50.0, 99.0}) {
    if (const auto nanos = PercentileOf(*latency, percent)) {
      parts.push_back(absl::StrCat("p", percent, " ", NanosText(*nanos)));
    }
  }
  return absl::StrJoin(parts, ", ");
}

std::string LatencyKindText(v1::Latency::Kind kind) {
  return absl::StrReplaceAll(LowerName(v1::Latency::Kind_Name(kind)), {{"_", " "}});
}

std::string OddsText(const v1::Counters& counters) {
  std::vector<std::string> parts;
  for (const std::string& part :
       {MishapsText(counters),
        counters.coalesced() > 0 ? absl::StrCat(counters.coalesced(), " merged") : "",
        counters.retries() > 0 ? absl::StrCat(counters.retries(), " read again") : ""}) {
    if (!part.empty()) parts.push_back(part);
  }
  return absl::StrJoin(parts, ", ");
}

std::string MishapsText(const v1::Counters& counters) {
  const std::pair<int64_t, const char*> kinds[] = {{counters.lost(), " lost"},
                                                   {counters.duplicated(), " duplicated"},
                                                   {counters.reordered(), " reordered"},
                                                   {counters.corrupted(), " corrupted"},
                                                   {counters.migrations(), " migrations"}};
  std::vector<std::string> parts;
  for (const auto& [count, what] : kinds) {
    if (count > 0) parts.push_back(absl::StrCat(count, what));
  }
  return absl::StrJoin(parts, ", ");
}

}  // namespace ipclab::cli
