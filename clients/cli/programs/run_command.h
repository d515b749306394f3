// `ipclab run`: a program at full speed, as its processes would run without the lab.
#pragma once

#include "clients/cli/command.h"
#include "clients/cli/command_flags.h"

namespace ipclab::cli {

Command AddRunCommand(CLI::App& app, CommonFlags& common);

}  // namespace ipclab::cli
