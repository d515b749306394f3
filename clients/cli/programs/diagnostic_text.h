// What is wrong with a program, for people.
#pragma once

#include <string>
#include <vector>

#include "ipclab/v1/program_service.pb.h"

namespace ipclab::cli {

// All of it, a few lines for each: "my.lab:3:7: error: ...", the line of text, a mark below it, and
// what to do.
std::vector<std::string> DiagnosticLines(const v1::CheckProgramResponse& response,
                                         const std::string& file, const std::string& source);

// True when the program cannot be run.
bool HasErrors(const v1::CheckProgramResponse& response);

// "2 errors, 1 warning"; empty for none.
std::string DiagnosticCount(const v1::CheckProgramResponse& response);

}  // namespace ipclab::cli
