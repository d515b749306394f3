// One page of ListExperiments. Pure: everything comes in by argument.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "ipclab/v1/experiment_service.pb.h"

namespace ipclab {

// The page that the request asks for, of all the experiments there are. INVALID_ARGUMENT with every
// violation: a filter or order that makes no sense, a token that is none or belongs to others.
absl::StatusOr<v1::ListExperimentsResponse> ListExperiments(
    const v1::ListExperimentsRequest& request, const std::vector<const v1::Experiment*>& all);

}  // namespace ipclab
