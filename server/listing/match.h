// What the fields of a filter of experiments mean. Pure.
#pragma once

#include <vector>

#include "common/listing/filter.h"
#include "ipclab/v1/experiment.pb.h"

namespace ipclab {

// Those that ParseFilter is to know.
const std::vector<FilterField>& ExperimentFilterFields();

// True when every comparison holds. A label that is not there is an empty text; an end_time that is
// not there is equal to no time, and neither before nor after any.
bool Matches(const std::vector<FilterComparison>& comparisons, const v1::Experiment& experiment);

}  // namespace ipclab
