// Pins the two ends of a peer that cannot do it itself, from outside, as soon as they are there.
// Until then the kernel puts them where it likes, on one of the two CPUs: some milliseconds of a
// run.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>

#include "absl/status/status.h"

namespace ipclab::bench {

// Waits until the processes below parent have so many threads, and pins the youngest two of them to
// one of the CPUs each. UNAVAILABLE when they do not come, or are gone before.
absl::Status SpreadLastTwo(pid_t parent, size_t threads, const std::array<int, 2>& cpus);

}  // namespace ipclab::bench
