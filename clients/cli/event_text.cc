#include "clients/cli/event_text.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/experiment_text.h"
#include "clients/cli/figures_page.h"
#include "clients/cli/moment.h"
#include "clients/cli/parse.h"
#include "clients/cli/programs/verdict_text.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

std::string WithMore(const std::string& text, const std::string& more) {
  return more.empty() ? text : absl::StrCat(text, ": ", more);
}

std::string SnapshotText(const v1::Experiment& experiment) {
  const std::string text =
      absl::StrCat(StateText(experiment.state()), " at step ", experiment.step());
  if (!HasEnded(experiment.state())) return WithMore(text, WorkText(experiment.spec()));
  if (experiment.state() != v1::Experiment::SUCCEEDED) {
    return WithMore(text, EndText(experiment.end()));
  }
  const v1::Result& result = experiment.result();
  if (result.has_program()) return WithMore(text, VerdictSentence(result.program()));
  const v1::Metrics& metrics = result.has_metrics() ? result.metrics() : result.stepped_metrics();
  if (metrics.messages_per_second() <= 0) return text;
  const std::string latency = LatencyText(metrics);
  return absl::StrCat(text, ": ", RateText(metrics.messages_per_second()), " messages/s",
                      latency.empty() ? "" : ", ", latency);
}

// "step 4: A counter = 11, counter: 10 -> 11", and the verdict once there is one. Of many steps the
// last is told.
std::string ProgramStepText(const v1::StepExperimentResponse& step) {
  std::string text = absl::StrCat("step ", step.step());
  if (step.steps() > 1) absl::StrAppend(&text, ", ", step.steps(), " further, the last");
  if (!step.operations().empty()) {
    const v1::ProgramOperation& last = *step.operations().rbegin();
    absl::StrAppend(&text, ": ", last.worker(), " ", last.operation(),
                    last.effect().empty() ? "" : ", ", last.effect());
  }
  if (!step.program().has_verdict()) return text;
  return absl::StrCat(text, "; ", VerdictWord(step.program().verdict()), ": ",
                      VerdictSentence(step.program().verdict()));
}

std::string StepText(const v1::StepExperimentResponse& step) {
  if (step.has_program() || !step.operations().empty()) return ProgramStepText(step);
  return WithMore(
      absl::StrCat("step ", step.step(), ", ", step.steps(), " further (",
                   LowerName(v1::StepExperimentResponse::Stopped_Name(step.stopped())), ")"),
      LatencyText(step.metrics()));
}

std::string WorkerText(const v1::Worker& worker) {
  // The end's own sentence names the worker already.
  if (!worker.end().message().empty()) return EndText(worker.end());
  return absl::StrCat("worker ", worker.index(), " (", worker.role(),
                      ") ended: ", EndText(worker.end()));
}

std::string ControlText(const v1::ControlLease& lease) {
  if (lease.controller().empty()) return "nobody controls it any more";
  return absl::StrCat("controlled by ", lease.controller(), " ", LeaseText(lease));
}

}  // namespace

std::string HappeningText(const v1::ExperimentEvent& event) {
  std::string text;
  switch (event.event_case()) {
    case v1::ExperimentEvent::kSnapshot:
      text = SnapshotText(event.snapshot());
      break;
    case v1::ExperimentEvent::kStateChange:
      text = WithMore(absl::StrCat(StateText(event.state_change().from()), " -> ",
                                   StateText(event.state_change().to())),
                      event.state_change().reason());
      break;
    case v1::ExperimentEvent::kStepDone:
      text = StepText(event.step_done());
      break;
    case v1::ExperimentEvent::kWorkerEnd:
      text = WorkerText(event.worker_end());
      break;
    case v1::ExperimentEvent::kControlChange:
      text = ControlText(event.control_change());
      break;
    case v1::ExperimentEvent::kRewound:
      text = absl::StrCat("rewound to step ", event.rewound().step());
      break;
    case v1::ExperimentEvent::EVENT_NOT_SET:
      text = "something that this client does not know yet";
  }
  return Printable(text);
}

std::string EventText(const v1::ExperimentEvent& event) {
  return absl::StrCat(ClockText(TimeOf(event.time())), " ", HappeningText(event));
}

}  // namespace ipclab::cli
