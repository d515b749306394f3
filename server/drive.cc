#include "server/drive.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/commands.h"
#include "server/errors.h"

namespace ipclab {
namespace {

// A refusal is an answer: the stream goes on.
v1::DriveExperimentResponse ErrorAnswer(const absl::Status& status) {
  v1::DriveExperimentResponse response;
  *response.mutable_error() = ToRpcStatus(status);
  return response;
}

AnswerTo<v1::Experiment> ExperimentAnswer(const Drive::Reply& reply) {
  return [reply](absl::StatusOr<v1::Experiment> experiment) {
    if (!experiment.ok()) return reply(ErrorAnswer(experiment.status()));
    v1::DriveExperimentResponse response;
    *response.mutable_experiment() = *std::move(experiment);
    reply(std::move(response));
  };
}

AnswerTo<v1::StepExperimentResponse> StepAnswer(const Drive::Reply& reply) {
  return [reply](absl::StatusOr<v1::StepExperimentResponse> step) {
    if (!step.ok()) return reply(ErrorAnswer(step.status()));
    v1::DriveExperimentResponse response;
    *response.mutable_step() = *std::move(step);
    reply(std::move(response));
  };
}

}  // namespace

void Drive::Take(v1::DriveExperimentRequest request, Reply reply) {
  if (name_.empty()) {
    if (absl::Status status = Begin(request); !status.ok()) return reply(status);
  } else if (!request.name().empty() && request.name() != name_) {
    return reply(ErrorAnswer(
        InvalidRequest({{"name", absl::StrCat("this drive is of ", name_, "; open another one for ",
                                              Quoted(request.name()))}})));
  } else if (request.has_control()) {
    return reply(ErrorAnswer(InvalidRequest(
        {{"control", "belongs into the first command of a drive, and stays as it is"}})));
  }
  Obey(request, reply);
}

absl::Status Drive::Begin(const v1::DriveExperimentRequest& request) {
  const auto experiment = engine_.FindForWork(request.name());
  if (!experiment.ok()) return experiment.status();
  const v1::Control* const control = request.has_control() ? &request.control() : nullptr;
  if (absl::Status status = (*experiment)->CheckControl(control); !status.ok()) return status;
  name_ = request.name();
  uid_ = (*experiment)->record().uid();
  if (control == nullptr) return absl::OkStatus();
  control_ = *control;
  (*experiment)->TakeControl(*control);
  (*experiment)->HoldControl();
  return absl::OkStatus();
}

// Another experiment may have got the name meanwhile; it is not the one that is driven here.
absl::StatusOr<Experiment*> Drive::Find() {
  auto experiment = engine_.Find(name_);
  if (!experiment.ok()) return experiment.status();
  if ((*experiment)->record().uid() == uid_) return experiment;
  return ResourceNotFound("ipclab.v1.Experiment", name_,
                          "the one that was driven was deleted; open another drive");
}

void Drive::Obey(const v1::DriveExperimentRequest& request, const Reply& reply) {
  const auto experiment = Find();
  if (!experiment.ok()) return reply(experiment.status());
  switch (request.command_case()) {
    case v1::DriveExperimentRequest::kStep: {
      v1::StepExperimentRequest step;
      step.set_name(name_);
      step.set_count(request.step().count());
      if (request.step().has_expected_step()) {
        step.set_expected_step(request.step().expected_step());
      }
      if (request.step().has_until()) *step.mutable_until() = request.step().until();
      if (request.step().has_choice()) *step.mutable_choice() = request.step().choice();
      if (control_) *step.mutable_control() = *control_;
      return StepExperiment(engine_, step, StepAnswer(reply));
    }
    case v1::DriveExperimentRequest::kRun: {
      v1::RunExperimentRequest run;
      run.set_name(name_);
      if (request.run().has_until()) *run.mutable_until() = request.run().until();
      if (request.run().has_choice()) *run.mutable_choice() = request.run().choice();
      run.set_free(request.run().free());
      if (control_) *run.mutable_control() = *control_;
      return RunExperiment(engine_, run, ExperimentAnswer(reply));
    }
    case v1::DriveExperimentRequest::kPause: {
      v1::PauseExperimentRequest pause;
      pause.set_name(name_);
      if (control_) *pause.mutable_control() = *control_;
      return PauseExperiment(engine_, pause, ExperimentAnswer(reply));
    }
    case v1::DriveExperimentRequest::kRewind: {
      v1::RewindExperimentRequest rewind;
      rewind.set_name(name_);
      rewind.set_step(request.rewind().step());
      if (control_) *rewind.mutable_control() = *control_;
      return RewindExperiment(engine_, rewind, ExperimentAnswer(reply));
    }
    case v1::DriveExperimentRequest::COMMAND_NOT_SET:
      break;
  }
  ExperimentAnswer(reply)((*experiment)->Describe());
}

void Drive::End(bool orderly) {
  if (!control_) return;
  const v1::Control control = *std::exchange(control_, std::nullopt);
  if (const auto experiment = Find(); experiment.ok()) {
    (*experiment)->UnholdControl(control, orderly);
  }
}

}  // namespace ipclab
