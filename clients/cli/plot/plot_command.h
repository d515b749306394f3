// `ipclab plot RESULT... -o out.svg`: draws what `ipclab measure --json` printed. Needs no server.
#pragma once

#include "clients/cli/command.h"

namespace ipclab::cli {

Command AddPlotCommand(CLI::App& app);

}  // namespace ipclab::cli
