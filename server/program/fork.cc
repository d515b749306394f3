#include "server/program/fork.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/program/schedule.h"
#include "server/errors.h"

namespace ipclab {
namespace {

// What was a preemption need not be said.
std::string ItemsOf(const std::vector<Choose>& steps, size_t count) {
  std::string items;
  for (size_t i = 0; i < count;) {
    const Choose step = steps[i];
    size_t end = i + 1;
    while (step.wakes < 0 && end < count && steps[end] == step) ++end;
    absl::StrAppend(&items, i == 0 ? "" : " ", LetterOf(step.worker));
    if (step.wakes >= 0) absl::StrAppend(&items, ">", LetterOf(step.wakes));
    if (end - i > 1) absl::StrAppend(&items, end - i);
    i = end;
  }
  return items;
}

}  // namespace

absl::StatusOr<v1::CreateExperimentRequest> ForkOf(const v1::Experiment& experiment,
                                                   const v1::ForkExperimentRequest& request) {
  const std::string& name = experiment.name();
  if (!experiment.spec().has_program()) {
    return PreconditionFailed(
        {{"NO_PROGRAM", name, "what measures has no course; only a program can be forked"}});
  }
  if (!experiment.has_program()) {
    return PreconditionFailed(
        {{"EXPERIMENT_STATE", name,
          absl::StrCat(name, " is ", v1::Experiment::State_Name(experiment.state()),
                       ", and where it is cannot be told; pause it first")}});
  }
  const auto schedule = ParseSchedule(experiment.program().schedule());
  if (!schedule.ok()) return schedule.status();
  const auto last = static_cast<int64_t>(schedule->steps.size());
  const int64_t step = request.has_step() ? request.step() : last;
  if (step < 0 || step > last) {
    return InvalidRequest({{"step", absl::StrCat("is ", step, ", must be 0 to ", last,
                                                 ", where the experiment is")}});
  }
  v1::CreateExperimentRequest create;
  create.set_experiment_id(request.experiment_id());
  create.set_request_id(request.request_id());
  *create.mutable_spec() = experiment.spec();
  create.mutable_spec()->set_start(v1::ExperimentSpec::PARKED);
  create.mutable_spec()->mutable_program()->set_schedule(
      ItemsOf(schedule->steps, static_cast<size_t>(step)));
  return create;
}

}  // namespace ipclab
