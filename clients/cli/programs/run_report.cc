#include "clients/cli/programs/run_report.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "clients/cli/programs/program_figures.h"
#include "clients/cli/sections.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"
#include "google/protobuf/util/time_util.h"

namespace ipclab::cli {
namespace {

using google::protobuf::util::TimeUtil;

int64_t NanosOf(const FreeRunResult& run) {
  return TimeUtil::DurationToNanoseconds(run.result.metrics().elapsed());
}

std::string OutcomeName(const FreeRunResult& run) {
  const std::string& outcome = run.result.program().outcome();
  if (!outcome.empty()) return Printable(outcome);
  return run.failure ? run.failure->kind : "-";  // nothing is observed
}

std::string CheckText(const FreeRunResult& run) {
  if (run.failure) return Printable(FailureText(*run.failure));
  const v1::ProgramVerdict& verdict = run.result.program();
  if (!verdict.failing()) return "every check holds";
  return absl::StrCat("FAILED: ", Printable(verdict.failed_check()));
}

std::string OneRun(const FreeRunResult& run, const Terminal& terminal) {
  const v1::ProgramVerdict& verdict = run.result.program();
  std::string notices;
  for (const std::string& notice : verdict.notices()) {
    absl::StrAppend(&notices, notices.empty() ? "" : "; ", Printable(notice));
  }
  const bool timed = run.result.has_metrics();
  std::string text =
      Section("free run",
              {{"outcome", OutcomeName(run)},
               {"checks", CheckText(run)},
               {"notices", notices},
               {"operations", timed ? absl::StrCat(run.result.metrics().program().steps()) : ""},
               {"time", timed ? NanosText(NanosOf(run)) : ""}},
              terminal);
  if (run.result.metrics().program().workers_size() > 0) {
    absl::StrAppend(&text, "\n", ProgramWorkerTable(run.result.metrics(), terminal));
  }
  return text;
}

// Runs with the same outcome.
struct SameOutcome {
  size_t count = 0;
  std::string check;
  std::vector<int64_t> nanos;
  bool failing = false;
};

std::string ManyRuns(const std::vector<FreeRunResult>& runs, const Terminal& terminal) {
  std::map<std::string, SameOutcome> outcomes;
  size_t failing = 0;
  for (const FreeRunResult& run : runs) {
    SameOutcome& same = outcomes[OutcomeName(run)];
    ++same.count;
    same.check = CheckText(run);
    same.failing = run.failing();
    same.nanos.push_back(NanosOf(run));
    if (run.failing()) ++failing;
  }
  std::vector<std::pair<std::string, SameOutcome>> sorted(outcomes.begin(), outcomes.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
  Table table({{.title = "outcome", .align = kLeft, .key = true},
               {.title = "runs"},
               {.title = "median time"},
               {.title = "checks", .align = kLeft, .wraps = true}});
  for (auto& [outcome, same] : sorted) {
    std::sort(same.nanos.begin(), same.nanos.end());
    table.AddRow({outcome, absl::StrCat(same.count), NanosText(same.nanos[same.nanos.size() / 2]),
                  same.check},
                 same.failing ? Tone::kBad : Tone::kPlain);
  }
  return absl::StrCat(table.Render(terminal), "\n", failing, " of ", runs.size(), " runs failed\n");
}

}  // namespace

FreeRunResult ReadFreeRun(const v1::Experiment& ended) {
  FreeRunResult run = {.result = ended.result(), .failure = std::nullopt};
  // A run whose checks failed has ended as it should: what it found is its result.
  if (ended.state() != v1::Experiment::SUCCEEDED && !ended.result().has_program()) {
    run.failure = FailureOf(ended);
  }
  return run;
}

JsonLine FreeRunJson(size_t number, const FreeRunResult& run) {
  JsonLine json;
  json.Number("run", static_cast<int64_t>(number));
  if (run.failure) return json.Object("error", FailureJson(*run.failure));
  const v1::ProgramVerdict& verdict = run.result.program();
  json.Text("outcome", verdict.outcome())
      .Truth("failing", verdict.failing())
      .Truth("deadlocked", verdict.deadlocked())
      .Text("failedCheck", verdict.failed_check())
      .Texts("notices", {verdict.notices().begin(), verdict.notices().end()})
      .Number("steps", run.result.metrics().program().steps())
      .Number("elapsedNanos", NanosOf(run));
  std::vector<JsonLine> workers;
  for (const v1::ProgramWorkerMetrics& each : run.result.metrics().program().workers()) {
    JsonLine worker;
    worker.Text("letter", each.letter())
        .Number("steps", each.steps())
        .Number("blockedNanos", TimeUtil::DurationToNanoseconds(each.blocked_time()));
    workers.push_back(worker);
  }
  return json.Objects("workers", workers);
}

std::string FreeRunReport(const std::vector<FreeRunResult>& runs, const Terminal& terminal) {
  if (runs.empty()) return "";
  return runs.size() == 1 ? OneRun(runs.front(), terminal) : ManyRuns(runs, terminal);
}

}  // namespace ipclab::cli
