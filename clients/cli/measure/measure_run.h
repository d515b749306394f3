// What `ipclab measure` measures when it is no sweep: the items, each a second time where the noise
// floor is wanted, and the lab's own floor, all interleaved.
#pragma once

#include <variant>
#include <vector>

#include "clients/cli/connection.h"
#include "clients/cli/failure.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/measure/measure_plan.h"
#include "clients/cli/measure/measure_selection.h"
#include "clients/cli/measure/measurement.h"
#include "clients/cli/measure/planned_run.h"
#include "ipclab/v1/mechanism.pb.h"

namespace ipclab::cli {

// What is to be measured, and what the server says of it.
struct Work {
  Selection selection;
  std::vector<v1::Mechanism> mechanisms;
};

// Asks the server what there is, and selects.
std::variant<Work, Failure> FindWork(const MeasurePlan& plan, Connection& connection);

// The plan's trials of one item.
PlannedItem PlanItem(const MeasurePlan& plan, const Work& work, const MeasureItem& item);

// What became of the trials of one item, and what it was asked for.
Measurement MeasurementOf(const PlannedItem& item, ItemTrials done, const MeasurePlan& plan,
                          const Interrupt& interrupt);

// A measurement per item, in their order, compared as the plan says. After a signal those of which
// there is anything.
std::vector<Measurement> MeasureAll(const MeasurePlan& plan, const Work& work,
                                    Connection& connection, Interrupt& interrupt);

}  // namespace ipclab::cli
