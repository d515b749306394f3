// The lab's own floor: `null`, which moves nothing, measured in the same run as what is measured,
// so that it is known how much of a figure is the lab's. Pure.
#pragma once

#include <vector>

#include "clients/cli/measure/measure_plan.h"
#include "clients/cli/measure/measurement.h"
#include "clients/cli/measure/planned_run.h"
#include "ipclab/v1/mechanism.pb.h"

namespace ipclab::cli {

// A few short trials of `null` for each size, pattern and way to wait of the items that it carries.
// Empty where it is an item itself, or the server has none.
std::vector<PlannedItem> FloorOf(const MeasurePlan& plan, const std::vector<MeasureItem>& items,
                                 const std::vector<v1::Mechanism>& mechanisms);

// Sets floor_nanos of each whose floor is among these.
void AddFloors(const std::vector<Measurement>& floors, std::vector<Measurement>& measurements);

}  // namespace ipclab::cli
