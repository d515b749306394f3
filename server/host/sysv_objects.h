// Reads the kernel's tables of System V IPC objects.
#pragma once

#include <string>
#include <vector>

#include "ipclab/v1/system.pb.h"

namespace ipclab {

// The objects of a file shaped like /proc/sysvipc/{shm,sem,msg}, as kind. Columns are found by
// their titles, because kernels have added some. Empty when there is no such file.
std::vector<v1::IpcObject> ReadSysvTable(const std::string& path, v1::IpcObject::Kind kind);

}  // namespace ipclab
