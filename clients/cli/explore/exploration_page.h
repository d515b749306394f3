// What an exploration came to, on a page.
#pragma once

#include <string>

#include "clients/cli/programs/program_source.h"
#include "clients/cli/sparkline.h"
#include "clients/cli/terminal.h"
#include "ipclab/v1/explore.pb.h"

namespace ipclab::cli {

// What was looked at and by whom, the numbers, the outcomes, a schedule that fails, and what all
// that shows and does not. flags: of the program, as they were typed.
std::string ExplorationPage(const v1::Exploration& exploration, const ProgramFlags& flags,
                            Glyphs glyphs, const Terminal& terminal);

// "every schedule, over the graph of states": what is looked for, in a few words.
std::string SearchText(v1::ExploreProgramRequest::Mode mode,
                       v1::ExploreProgramRequest::Reduction reduction,
                       v1::ExploreProgramRequest::Sampler sampler);

// "the lab's model alone"
std::string EngineText(v1::ExploreProgramRequest::Engine engine);

}  // namespace ipclab::cli
