// A program's text without the answer to its question, which is not to be read before its time.
#pragma once

#include <string>

namespace ipclab::cli {

// The same lines, with dots in place of what follows `answer`.
std::string WithoutAnswer(const std::string& source);

}  // namespace ipclab::cli
