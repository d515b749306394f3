// Kernel objects with names, as `ipclab ipc` shows them to people.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "clients/cli/terminal.h"
#include "ipclab/v1/system.pb.h"

namespace ipclab::cli {

// One row for each object, and what became of it or could.
std::string IpcTable(const std::vector<v1::IpcObject>& objects, const Terminal& terminal,
                     absl::Time now);

// "3 objects, 12 KiB"
std::string IpcCountText(const std::vector<v1::IpcObject>& objects);

}  // namespace ipclab::cli
