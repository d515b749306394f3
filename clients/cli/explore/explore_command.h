// `ipclab explore`: which schedules a program has, how they end, and why one fails.
#pragma once

#include "clients/cli/command.h"
#include "clients/cli/command_flags.h"
#include "clients/cli/explore/explore_flags.h"
#include "clients/cli/interrupt.h"

namespace ipclab::cli {

Command AddExploreCommand(CLI::App& app, CommonFlags& common);

// Explores over this connection and prints: the live view in a terminal, the page, or JSON. The
// exit code.
int RunExploration(Connection& connection, const ExploreFlags& flags,
                   const v1::ExploreProgramRequest& request, Interrupt& interrupt, bool json);

}  // namespace ipclab::cli
