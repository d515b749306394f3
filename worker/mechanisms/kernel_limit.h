// Reads the kernel's limits for the records of mechanisms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ipclab/v1/mechanism.pb.h"

namespace ipclab {

// The number in /proc/sys/<path>; nullopt where this kernel has no such file or hides it.
std::optional<int64_t> ReadSysctl(std::string_view path);

v1::Limit MakeLimit(std::string_view name, int64_t value, std::string_view changed_by);

}  // namespace ipclab
