// How the zygote's process is set apart from whoever started it.
#pragma once

#include "absl/status/statusor.h"
#include "common/unique_fd.h"

namespace ipclab {

// Closes every descriptor above last_kept, puts /dev/null on 0 and 1, leaves the terminal's session
// (Ctrl-C hits the whole foreground group, but the server decides when it ends), ignores the
// signals that end a process politely, and adopts orphans of its children. Returns a descriptor
// that is readable when a child ended or stopped; SIGCHLD itself is blocked.
absl::StatusOr<UniqueFd> Seclude(int last_kept);

}  // namespace ipclab
