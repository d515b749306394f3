// `ipclab info`: what the server is, its host, and its limits.
#pragma once

#include "clients/cli/command_flags.h"

namespace ipclab::cli {

CLI::App& AddInfoCommand(CLI::App& app, CommonFlags& flags);

// Returns the exit code.
int RunInfo(const CommonFlags& flags);

}  // namespace ipclab::cli
