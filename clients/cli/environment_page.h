// The host that figures are taken on, as a section of a page. Pure.
#pragma once

#include <string>

#include "clients/cli/terminal.h"
#include "ipclab/v1/system.pb.h"

namespace ipclab::cli {

// What is not known, or an older server does not tell, is left out.
std::string EnvironmentPage(const v1::Environment& host, const Terminal& terminal);

}  // namespace ipclab::cli
