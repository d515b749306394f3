// How a run went, as a part of the page of `ipclab get`: what came before it, how its median moved,
// what a message cost beside time, and what the host did meanwhile. Pure.
#pragma once

#include <string>

#include "clients/cli/sparkline.h"
#include "clients/cli/terminal.h"
#include "ipclab/v1/experiment.pb.h"

namespace ipclab::cli {

// Empty where the experiment did not run free; what is not known is left out.
std::string RunPage(const v1::Result& result, const Terminal& terminal, Glyphs glyphs);

}  // namespace ipclab::cli
