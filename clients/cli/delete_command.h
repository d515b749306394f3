// `ipclab delete`: forgets ended experiments and their results.
#pragma once

#include "clients/cli/command.h"
#include "clients/cli/command_flags.h"

namespace ipclab::cli {

Command AddDeleteCommand(CLI::App& app, CommonFlags& common);

}  // namespace ipclab::cli
