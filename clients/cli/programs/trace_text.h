// What steps of a program did, for people who read it without a screen of its own.
#pragma once

#include <string>

#include "clients/cli/terminal.h"
#include "ipclab/v1/program.pb.h"

namespace ipclab::cli {

// "3! A counter = 11  counter: 10 -> 11": a line, or two where it is wide. digits: of the greatest
// step's number.
std::string OperationText(const v1::ProgramOperation& operation, size_t digits,
                          const Terminal& terminal);

// How it stands after the last: the workers if they can go on, the objects, the schedule, the
// verdict. After a failure in a program of the user's own file also how to see it again, which the
// schedule alone does not say.
std::string StandText(const v1::ProgramView& view, const std::string& file,
                      const Terminal& terminal);

}  // namespace ipclab::cli
