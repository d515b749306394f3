// How much memory this server's processes may have together.
#pragma once

#include <cstdint>
#include <string>

namespace ipclab {

// That of the host, or less where the control group allows less. Whole pairs of MiB.
int64_t HostMemoryBytes();

// What a file shaped like a control group's memory.max allows; otherwise when it names no limit or
// is not there.
int64_t MemoryLimitOf(const std::string& path, int64_t otherwise);

}  // namespace ipclab
