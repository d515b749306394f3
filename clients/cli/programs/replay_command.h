// `ipclab replay`: a schedule once more, on real processes or on the lab's model alone.
#pragma once

#include "clients/cli/command.h"
#include "clients/cli/command_flags.h"

namespace ipclab::cli {

Command AddReplayCommand(CLI::App& app, CommonFlags& common);

}  // namespace ipclab::cli
