// `ipclab list`: the experiments that the server keeps.
#pragma once

#include "clients/cli/command.h"
#include "clients/cli/command_flags.h"

namespace ipclab::cli {

Command AddListCommand(CLI::App& app, CommonFlags& common);

}  // namespace ipclab::cli
