// `ipclab completion SHELL`, and the answers to the shells that it prepared.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/command.h"
#include "clients/cli/command_flags.h"

namespace ipclab::cli {

Command AddCompletionCommand(CLI::App& app);

// Prints what the last of the words may become. Experiments are those of the server that the words
// name, or else of the local one; when none answers at once there are none. common is where the
// app's options are read to. Always 0: a shell has nobody to tell of a failure.
int PrintCompletion(CLI::App& app, CommonFlags& common, const std::vector<std::string>& words);

}  // namespace ipclab::cli
