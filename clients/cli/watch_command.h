// `ipclab watch NAME`: an experiment as it happens.
#pragma once

#include "clients/cli/command.h"
#include "clients/cli/command_flags.h"

namespace ipclab::cli {

Command AddWatchCommand(CLI::App& app, CommonFlags& common);

}  // namespace ipclab::cli
