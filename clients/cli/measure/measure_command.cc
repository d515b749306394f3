#include "clients/cli/measure/measure_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "clients/cli/experiment_text.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/measure/knee_report.h"
#include "clients/cli/measure/knee_sweep.h"
#include "clients/cli/measure/measure_run.h"
#include "clients/cli/measure/measurement_json.h"
#include "clients/cli/measure/measurement_report.h"
#include "clients/cli/measure/measurement_table.h"

namespace ipclab::cli {
namespace {

int ExitCodeOf(const std::vector<Measurement>& measurements, const Interrupt& interrupt) {
  if (interrupt.raised()) return ExitCodeOfSignal(interrupt.signal());
  ExitCode gravest = ExitCode::kDone;
  for (const Measurement& each : measurements) {
    if (each.failure) gravest = std::max(gravest, each.failure->exit_code);
  }
  return static_cast<int>(gravest);
}

// Where the report is read by a program, people find on standard error what is not in it.
void TellFailures(const std::vector<Measurement>& measurements) {
  for (const Measurement& each : measurements) {
    if (!each.failure) continue;
    std::fprintf(stderr, "ipclab: %s: %s\n", SubjectText(each.spec).c_str(),
                 FailureText(*each.failure).c_str());
  }
}

// So that silence after Ctrl-C is no riddle.
void TellNothing(const std::vector<Measurement>& measurements, const Interrupt& interrupt) {
  if (!interrupt.raised() || std::any_of(measurements.begin(), measurements.end(), HasFigures)) {
    return;
  }
  std::fputs("ipclab: nothing was measured\n", stderr);
}

void TellLeftOut(const std::vector<LeftOut>& left_out) {
  for (const LeftOut& each : left_out) {
    std::fprintf(stderr, "ipclab: left out %s: %s\n", each.mechanism.c_str(), each.reason.c_str());
  }
}

// Lines to standard output; what fails there is seen when it is flushed at the end.
void PrintJson(const std::vector<Measurement>& measurements) {
  for (const Measurement& each : measurements) std::printf("%s\n", MeasurementJson(each).c_str());
}

int MeasureItems(const MeasurePlan& plan, const Work& work, Connection& connection,
                 Interrupt& interrupt, bool json) {
  const std::vector<Measurement> measurements = MeasureAll(plan, work, connection, interrupt);
  const Terminal terminal = TerminalOf(STDOUT_FILENO);
  if (json || !terminal.interactive) TellFailures(measurements);
  if (json) {
    PrintJson(measurements);
    TellLeftOut(work.selection.left_out);
  } else {
    const std::string report = absl::StrCat(
        MeasurementReport(measurements, plan.trials, plan.amount, terminal),
        KeptText(measurements, terminal), LeftOutText(work.selection.left_out, terminal));
    std::fputs(report.c_str(), stdout);
  }
  TellNothing(measurements, interrupt);
  return ExitCodeOf(measurements, interrupt);
}

int SweepItems(const MeasurePlan& plan, const Work& work, Connection& connection,
               Interrupt& interrupt, bool json) {
  const std::vector<KneeSweep> sweeps = SweepAll(plan, work, connection, interrupt);
  const Terminal terminal = TerminalOf(STDOUT_FILENO);
  std::vector<Measurement> all;
  for (const KneeSweep& sweep : sweeps) {
    all.push_back(sweep.capacity);
    all.insert(all.end(), sweep.points.begin(), sweep.points.end());
    if (json) {
      PrintJson({sweep.capacity});
      PrintJson(sweep.points);
      std::printf("%s\n", KneeJson(sweep).c_str());
    } else {
      const std::string report =
          absl::StrCat(&sweep == &sweeps.front() ? "" : "\n",
                       KneeReport(sweep, plan.trials, plan.amount, terminal));
      std::fputs(report.c_str(), stdout);
    }
  }
  if (json || !terminal.interactive) TellFailures(all);
  if (json) {
    TellLeftOut(work.selection.left_out);
  } else {
    std::fputs(KeptText(all, terminal).c_str(), stdout);
    std::fputs(LeftOutText(work.selection.left_out, terminal).c_str(), stdout);
  }
  TellNothing(all, interrupt);
  return ExitCodeOf(all, interrupt);
}

}  // namespace

int RunMeasure(const CommonFlags& common, const MeasureFlags& flags) {
  const absl::StatusOr<MeasurePlan> plan = ReadMeasureFlags(flags);
  if (!plan.ok()) return Report(FailureOf(plan.status()), common.json);
  const absl::StatusOr<ConnectionOptions> options = ReadConnectionOptions(common);
  if (!options.ok()) return Report(FailureOf(options.status()), common.json);
  Interrupt interrupt;
  const auto connection = Connection::Open(*options);
  if (!connection.ok()) return Report(FailureOf(connection.status()), common.json);
  if (const absl::Status kept = CheckKeep(*plan, (*connection)->is_private()); !kept.ok()) {
    return Report(FailureOf(kept), common.json);
  }
  const auto found = FindWork(*plan, **connection);
  if (const auto* failure = std::get_if<Failure>(&found)) return Report(*failure, common.json);
  const Work& work = std::get<Work>(found);
  return plan->knee ? SweepItems(*plan, work, **connection, interrupt, common.json)
                    : MeasureItems(*plan, work, **connection, interrupt, common.json);
}

}  // namespace ipclab::cli
