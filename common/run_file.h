// The folder of a file of the lab's: FIFOs, sockets and files of an experiment lie in
// <run folder>/<experiment8>/, which the first of them makes and RemoveIpcObject takes away.
// Used by the mechanisms that make such files, before they make them. Any thread.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace ipclab {

// Makes the folder that path, the name of an IpcName of kind FILE, lies in: the run folder first,
// if that is missing too, then the experiment's, both 0700. Fine when it is there already.
// PERMISSION_DENIED when what is there is not a folder of ours with mode 0700, INVALID_ARGUMENT
// when path lies anywhere else.
absl::Status MakeFolderOf(const std::string& path);

}  // namespace ipclab
