// What came of a program, in words.
#pragma once

#include <string>

#include "ipclab/v1/program.pb.h"

namespace ipclab::cli {

// "DEADLOCK", "CHECK FAILED" or "DONE".
std::string VerdictWord(const v1::ProgramVerdict& verdict);

// What there is to say of it: the check, who waits for whom, the outcome, what was left over.
std::string VerdictSentence(const v1::ProgramVerdict& verdict);

}  // namespace ipclab::cli
