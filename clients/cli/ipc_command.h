// `ipclab ipc`: the kernel objects that experiments made, and the removal of those left over.
#pragma once

#include "clients/cli/command.h"
#include "clients/cli/command_flags.h"

namespace ipclab::cli {

Command AddIpcCommand(CLI::App& app, CommonFlags& common);

}  // namespace ipclab::cli
