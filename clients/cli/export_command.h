// `ipclab export NAME`: what an ended experiment measured, as a file that others read.
#pragma once

#include "clients/cli/command.h"
#include "clients/cli/command_flags.h"

namespace ipclab::cli {

Command AddExportCommand(CLI::App& app, CommonFlags& common);

}  // namespace ipclab::cli
