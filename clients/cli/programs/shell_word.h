// Commands that somebody may copy to a shell.
#pragma once

#include <string>

namespace ipclab::cli {

// As a shell takes it for one word: in quotes, where it needs them.
std::string ShellWord(const std::string& text);

}  // namespace ipclab::cli
