// `ipclab mechanisms [ID]`: what can be measured here, or all about one mechanism.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "clients/cli/command_flags.h"
#include "clients/cli/failure.h"
#include "ipclab/v1/mechanism.pb.h"

namespace ipclab::cli {

CLI::App& AddMechanismsCommand(CLI::App& app, CommonFlags& flags, std::string& id);

// Returns the exit code. An empty id lists all.
int RunMechanisms(const CommonFlags& flags, const std::string& id);

// All mechanisms of the server, page by page.
std::variant<std::vector<v1::Mechanism>, Failure> ListAllMechanisms(Connection& connection);

}  // namespace ipclab::cli
