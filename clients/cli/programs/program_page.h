// Programs as people read them: the table of the catalogue, and the page of one.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/terminal.h"
#include "ipclab/v1/program_service.pb.h"

namespace ipclab::cli {

// A line per program.
std::string ProgramTable(const std::vector<v1::Program>& programs, const Terminal& terminal);

// All about one; the answer to its question only if it is asked for.
std::string ProgramPage(const v1::Program& program, bool with_answer, const Terminal& terminal);

}  // namespace ipclab::cli
