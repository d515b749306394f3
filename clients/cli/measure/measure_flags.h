// The options of `ipclab measure`, as its help shows them.
#pragma once

#include "clients/cli/command_flags.h"
#include "clients/cli/measure/measure_plan.h"

namespace ipclab::cli {

CLI::App& AddMeasureCommand(CLI::App& app, CommonFlags& common, MeasureFlags& flags);

}  // namespace ipclab::cli
