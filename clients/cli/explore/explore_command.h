// `ipclab explore`: which schedules a program has, how they end, and why one fails.
#pragma once

#include "clients/cli/command.h"
#include "clients/cli/command_flags.h"

namespace ipclab::cli {

Command AddExploreCommand(CLI::App& app, CommonFlags& common);

}  // namespace ipclab::cli
