// An anonymous memory file (memfd) that is allocated before anybody maps it: memory that is missing
// is an error here and no SIGBUS later.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "common/unique_fd.h"
#include "worker/mechanism.h"

namespace ipclab {

// The most that one link may take: what a mistyped option asks for must not bring the host down.
inline constexpr size_t kMostReservedBytes = size_t{1} << 30;

// Zero bytes, close-on-exec, sealed against resizing. RESOURCE_EXHAUSTED above kMostReservedBytes,
// with both numbers, or as the kernel refuses.
absl::StatusOr<UniqueFd> ReserveMemory(const char* label, size_t bytes);

// What a mechanism that needs such memory finds on this host.
Probe ProbeShared(const char* label);

}  // namespace ipclab
