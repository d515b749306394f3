// The few lines by which a shell asks `ipclab` itself what may come next.
#pragma once

#include <string>

namespace ipclab::cli {

// For "bash", "zsh" or "fish"; empty for any other.
std::string CompletionScript(const std::string& shell);

// The word by which the scripts ask. What follows are the words typed so far, the last of them
// perhaps empty. The answer has a line for each candidate, its description behind a tab; the line
// ":files" says that the shell is to offer files.
inline constexpr char kCompleteWord[] = "__complete";
inline constexpr char kFilesLine[] = ":files";

}  // namespace ipclab::cli
