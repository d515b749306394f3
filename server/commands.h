// What clients ask of one experiment: the request is checked, the caller's control claimed, and the
// experiment told. Shared by the unary rpcs and by drives. Strand only.
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "ipclab/v1/experiment_service.pb.h"
#include "server/engine.h"

namespace ipclab {

template <class Answer>
using AnswerTo = std::function<void(absl::StatusOr<Answer>)>;

void RunExperiment(Engine& engine, const v1::RunExperimentRequest& request,
                   const AnswerTo<v1::Experiment>& reply);
void PauseExperiment(Engine& engine, const v1::PauseExperimentRequest& request,
                     AnswerTo<v1::Experiment> reply);
// With a request id the answer is committed before it is given.
void StepExperiment(Engine& engine, const v1::StepExperimentRequest& request,
                    AnswerTo<v1::StepExperimentResponse> reply);
void RewindExperiment(Engine& engine, const v1::RewindExperimentRequest& request,
                      AnswerTo<v1::Experiment> reply);
void CancelExperiment(Engine& engine, const std::string& name, AnswerTo<v1::Experiment> reply);

}  // namespace ipclab
