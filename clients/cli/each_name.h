// One call for each of several experiments: a refusal of one does not keep the others from theirs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "clients/cli/command_flags.h"
#include "clients/cli/connection.h"
#include "clients/cli/failure.h"

namespace ipclab::cli {

// Calls act for each name, as typed, whole and once; act returns an exit code after it has reported
// for itself. Stops when the server is gone. Returns the gravest exit code.
int ForEachName(const CommonFlags& common, const std::vector<std::string>& typed,
                const std::function<int(Connection&, const std::string& name)>& act);

// Reports a refusal; with several names it says which one it is about.
int ReportFor(const std::string& name, Failure failure, bool json);

}  // namespace ipclab::cli
