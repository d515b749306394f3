// `ipclab get NAME`: all about one experiment.
#pragma once

#include "clients/cli/command.h"
#include "clients/cli/command_flags.h"

namespace ipclab::cli {

Command AddGetCommand(CLI::App& app, CommonFlags& common);

}  // namespace ipclab::cli
