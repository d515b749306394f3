// `ipclab programs` and `ipclab check`: what there is to step, and what is wrong with a text.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "clients/cli/command.h"
#include "clients/cli/command_flags.h"
#include "clients/cli/failure.h"
#include "ipclab/v1/program_service.pb.h"

namespace ipclab::cli {

Command AddProgramsCommand(CLI::App& app, CommonFlags& common);
Command AddCheckCommand(CLI::App& app, CommonFlags& common);

// The whole catalogue, without the texts.
std::variant<std::vector<v1::Program>, Failure> ListAllPrograms(Connection& connection);

}  // namespace ipclab::cli
