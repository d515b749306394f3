// From an experiment on a program to the request that creates another one at one of its steps.
// Pure.
#pragma once

#include "absl/status/statusor.h"
#include "ipclab/v1/experiment.pb.h"
#include "ipclab/v1/experiment_service.pb.h"

namespace ipclab {

// experiment: with its view. FAILED_PRECONDITION when it is no program, or its course is not known;
// INVALID_ARGUMENT when it was never at that step.
absl::StatusOr<v1::CreateExperimentRequest> ForkOf(const v1::Experiment& experiment,
                                                   const v1::ForkExperimentRequest& request);

}  // namespace ipclab
