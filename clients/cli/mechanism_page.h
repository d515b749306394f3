// Mechanisms as people read them: the table of all, and the page of one.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/terminal.h"
#include "ipclab/v1/mechanism.pb.h"

namespace ipclab::cli {

// A line per mechanism, family by family. One that is not available has the reason in place of its
// summary.
std::string MechanismTable(const std::vector<v1::Mechanism>& mechanisms, const Terminal& terminal);

// All about one: what it is, who can use it and how, what this host allows, options and hazards.
std::string MechanismPage(const v1::Mechanism& mechanism, const Terminal& terminal);

}  // namespace ipclab::cli
