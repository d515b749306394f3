// Names of kernel objects that the lab makes, the folder where FIFOs and sockets live, and the
// removal of what was left. The server chooses every name; workers create and remove; clients never
// choose a name that reaches the kernel.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ipclab/internal/control.pb.h"

namespace ipclab {

// Where a user's FIFOs and sockets live: $XDG_RUNTIME_DIR/ipclab, else /run/ipclab for root, else
// ipclab-<uid> in the temporary directory. Created 0700 if missing. PERMISSION_DENIED, saying what
// to do, when it exists and is not a directory of ours with mode 0700.
absl::StatusOr<std::string> RuntimeFolder();

// The path of that folder; nothing is created or checked.
std::string RuntimeFolderPath();

// Six characters of a-z and 0-9 at random: the tag of a server's state folder.
std::string MakeInstanceTag();

// The name of the number-th object of an experiment: "ipclab-<instance>-<experiment8>-<number>",
// with the leading slash that POSIX names want, or <run folder>/<experiment8>/<number> for FILE and
// for the markers of System V objects.
// experiment8 is the first 8 characters of the experiment's uid.
internal::IpcName MakeIpcName(internal::IpcName::Kind kind, std::string_view instance,
                              std::string_view experiment8, int number,
                              std::string_view run_folder);

// Removes the object. True when it was there, false when it was gone already; an error when it is
// still there. A System V object goes before its marker does, see common/sysv_object.h. With the
// last name in it goes the experiment's folder. Refuses, with INVALID_ARGUMENT, a name that is not
// of the lab's own form. For whoever clears up behind an experiment.
absl::StatusOr<bool> RemoveIpcObject(const internal::IpcName& name);

// The same, and the folder stays: for the workers, for another one may just now put its own object
// there.
absl::Status UnlinkIpcObject(const internal::IpcName& name);

}  // namespace ipclab
