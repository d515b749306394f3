// A failing schedule on a page: why it fails, and the commands that show it.
#pragma once

#include <string>

#include "clients/cli/programs/program_source.h"
#include "clients/cli/terminal.h"
#include "ipclab/v1/explore.pb.h"

namespace ipclab::cli {

// flags: of the program, as they were typed; the commands repeat them. Commands stand on lines of
// their own, however long: they are to be copied.
std::string FindingPage(const v1::ExploreFinding& finding, const ProgramFlags& flags,
                        const Terminal& terminal);

std::string LivelockPage(const v1::ExploreLivelock& livelock, const ProgramFlags& flags,
                         const Terminal& terminal);

// "ipclab replay 'lost_update racy @3f9a01c2 : A! B2 A'"
std::string ReplayCommandText(const std::string& schedule, const ProgramFlags& flags);

// "ipclab step lost_update --variant racy --script 'A! B2 A'"
std::string StepCommandText(const std::string& schedule, const ProgramFlags& flags);

// The items of a schedule: what stands behind its colon.
std::string ItemsOf(const std::string& schedule);

}  // namespace ipclab::cli
