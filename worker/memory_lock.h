// Keeps a worker's memory from being paged out while it is measured.
#pragma once

#include <cstddef>
#include <span>

namespace ipclab {

// Locks all that this process has mapped by now, each page once it is there: none is made for it,
// so that large mappings of which little is used stay small. Where that is refused, as by
// RLIMIT_MEMLOCK, locks needed alone. 0, or the errno of the refusal of that, too.
int LockMemory(std::span<const std::span<const std::byte>> needed);

}  // namespace ipclab
