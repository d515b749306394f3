// `ipclab step`: a program, one operation at a time.
#pragma once

#include "clients/cli/command.h"
#include "clients/cli/command_flags.h"

namespace ipclab::cli {

Command AddStepCommand(CLI::App& app, CommonFlags& common);

}  // namespace ipclab::cli
