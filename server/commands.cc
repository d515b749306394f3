#include "server/commands.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/errors.h"
#include "server/uuid.h"
#include "server/validate.h"

namespace ipclab {
namespace {

using StepReply = AnswerTo<v1::StepExperimentResponse>;

void CheckUntil(const v1::Until& until, const Limits& limits, std::vector<FieldViolation>& wrong) {
  if (!until.has_step() || (until.step() > 0 && until.step() <= limits.max_messages)) return;
  wrong.push_back(
      {"until.step", absl::StrCat("is ", until.step(), ", must be 1 to ", limits.max_messages)});
}

absl::Status CheckStep(const v1::StepExperimentRequest& request, const Limits& limits) {
  std::vector<FieldViolation> wrong;
  if (request.count() < 0 || request.count() > limits.max_messages) {
    wrong.push_back({"count", absl::StrCat("is ", request.count(), ", must be 1 to ",
                                           limits.max_messages, ", or 0 for 1")});
  }
  if (request.has_expected_step() && request.expected_step() < 0) {
    wrong.push_back({"expected_step", absl::StrCat("is ", request.expected_step(),
                                                   ", must be 0 or more: Experiment.step")});
  }
  if (!request.request_id().empty() && !IsUuid(request.request_id())) {
    wrong.push_back({"request_id", absl::StrCat(Quoted(request.request_id()),
                                                " must be a UUID: "
                                                "123e4567-e89b-12d3-a456-426614174000")});
  }
  CheckUntil(request.until(), limits, wrong);
  return wrong.empty() ? absl::OkStatus() : InvalidRequest(wrong);
}

template <class Request>
const v1::Control* ControlOf(const Request& request) {
  return request.has_control() ? &request.control() : nullptr;
}

// The experiment, which the caller may drive now.
template <class Request>
absl::StatusOr<Experiment*> FindToDrive(Engine& engine, const Request& request) {
  auto experiment = engine.FindForWork(request.name());
  if (!experiment.ok()) return experiment.status();
  const absl::Status status = (*experiment)->CheckControl(ControlOf(request));
  if (!status.ok()) return status;
  return experiment;
}

absl::Status StepMismatch(const v1::StepExperimentRequest& request, int64_t step) {
  return ErrorWithReason(
      absl::StatusCode::kAborted, "STEP_MISMATCH",
      absl::StrCat(request.name(), " is at step ", step, ", not at ", request.expected_step(),
                   "; somebody else stepped it, or this is a repetition: look, then go on from "
                   "there"),
      {{"step", absl::StrCat(step)}});
}

void StepNow(Engine& engine, const v1::StepExperimentRequest& request, StepReply reply) {
  const auto found = FindToDrive(engine, request);
  if (!found.ok()) return reply(found.status());
  Experiment& experiment = **found;
  if (absl::Status status = experiment.CheckMayAct(); !status.ok()) return reply(status);
  if (request.has_expected_step() && request.expected_step() != experiment.step()) {
    return reply(StepMismatch(request, experiment.step()));
  }
  if (!request.has_control()) return experiment.Step(request, std::move(reply));
  // While the client waits for its answer it is there. The experiment answers while it lives.
  experiment.TakeControl(request.control());
  experiment.HoldControl();
  experiment.Step(request, [&experiment, control = request.control(), reply = std::move(reply)](
                               absl::StatusOr<v1::StepExperimentResponse> answer) {
    experiment.UnholdControl(control, /*orderly=*/false);
    reply(std::move(answer));
  });
}

}  // namespace

void RunExperiment(Engine& engine, const v1::RunExperimentRequest& request,
                   const AnswerTo<v1::Experiment>& reply) {
  std::vector<FieldViolation> wrong;
  CheckUntil(request.until(), engine.limits(), wrong);
  if (!wrong.empty()) return reply(InvalidRequest(wrong));
  const auto experiment = FindToDrive(engine, request);
  if (!experiment.ok()) return reply(experiment.status());
  const absl::Status status = (*experiment)->Run(request);
  if (!status.ok()) return reply(status);
  if (request.has_control()) (*experiment)->TakeControl(request.control());
  reply((*experiment)->Describe());
}

void RewindExperiment(Engine& engine, const v1::RewindExperimentRequest& request,
                      AnswerTo<v1::Experiment> reply) {
  if (request.step() < 0) {
    return reply(
        InvalidRequest({{"step", absl::StrCat("is ", request.step(), ", must be 0 or more")}}));
  }
  const auto experiment = FindToDrive(engine, request);
  if (!experiment.ok()) return reply(experiment.status());
  if (absl::Status status = (*experiment)->CheckMayAct(); !status.ok()) return reply(status);
  if (request.has_control()) (*experiment)->TakeControl(request.control());
  (*experiment)->Rewind(request.step(), std::move(reply));
}

void PauseExperiment(Engine& engine, const v1::PauseExperimentRequest& request,
                     AnswerTo<v1::Experiment> reply) {
  const auto experiment = FindToDrive(engine, request);
  if (!experiment.ok()) return reply(experiment.status());
  if (request.has_control()) (*experiment)->TakeControl(request.control());
  (*experiment)->Pause(std::move(reply));
}

void StepExperiment(Engine& engine, const v1::StepExperimentRequest& request, StepReply reply) {
  if (absl::Status status = CheckStep(request, engine.limits()); !status.ok()) return reply(status);
  if (request.request_id().empty()) return StepNow(engine, request, std::move(reply));
  const std::string digest = Requests::DigestOf(request);
  const auto replay = Requests::Parsed<v1::StepExperimentResponse>(reply);
  if (engine.requests().Join(request.request_id(), digest, replay)) return;
  StepNow(engine, request,
          [&engine, id = request.request_id(), name = request.name(), digest,
           reply = std::move(reply)](absl::StatusOr<v1::StepExperimentResponse> answer) {
            engine.CommitAnswer({.request_id = id, .experiment = name, .body_digest = digest},
                                std::move(answer), reply);
          });
}

void CancelExperiment(Engine& engine, const std::string& name, AnswerTo<v1::Experiment> reply) {
  const auto experiment = engine.Find(name);
  if (!experiment.ok()) return reply(experiment.status());
  (*experiment)->Cancel(std::move(reply));
}

}  // namespace ipclab
