// `ipclab pause`, `resume` and `cancel`: what is done to living experiments, several at once.
#pragma once

#include "clients/cli/command.h"
#include "clients/cli/command_flags.h"

namespace ipclab::cli {

Command AddPauseCommand(CLI::App& app, CommonFlags& common);
Command AddResumeCommand(CLI::App& app, CommonFlags& common);
Command AddCancelCommand(CLI::App& app, CommonFlags& common);

}  // namespace ipclab::cli
