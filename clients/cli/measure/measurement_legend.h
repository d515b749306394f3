// What helps to read the table of `ipclab measure`: the control, the lab's own floor, how rows were
// compared, and how far each is from itself.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/measure/measurement.h"
#include "clients/cli/terminal.h"

namespace ipclab::cli {

// Empty where there is nothing of it.
std::string MeasurementLegend(const std::vector<Measurement>& measurements,
                              const Terminal& terminal);

}  // namespace ipclab::cli
