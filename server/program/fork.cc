#include "server/program/fork.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/program/schedule.h"
#include "server/errors.h"

namespace ipclab {
namespace {

// One worker after the other: what was a preemption need not be said.
std::string ItemsOf(const std::vector<Choose>& steps, int64_t count) {
  std::string items;
  for (int64_t i = 0; i < count; ++i) {
    const Choose step = steps[static_cast<size_t>(i)];
    absl::StrAppend(&items, i == 0 ? "" : " ", LetterOf(step.worker));
    if (step.wakes >= 0) absl::StrAppend(&items, ">", LetterOf(step.wakes));
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
  create.mutable_spec()->mutable_program()->set_schedule(ItemsOf(schedule->steps, step));
  return create;
}

}  // namespace ipclab
