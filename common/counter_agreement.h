// Whether the counters of different CPUs show the same time. Clock::Calibrate asks once per
// process.
#pragma once

#include <cstdint>
#include <vector>

namespace ipclab {

// Compares the counter of the first CPU with that of each other one by exchanging readings over a
// cache line, the way that NTP does: a reading there must lie between two readings here. True when
// all were shown to differ by at most tolerance_ticks; false when one differs by more, cannot be
// pinned to, or did not answer fast enough to show it within give_up_ticks. True for a single CPU.
//
// Pins the calling thread to the other CPUs in turn and restores its affinity. A forked child on
// the first CPU answers, and has been reaped on return: call it while the process has one thread.
// Comparing with CLOCK_MONOTONIC_RAW instead would show nothing: it is computed from this counter.
bool CountersAgree(const std::vector<int>& cpus, uint64_t (*read)(), uint64_t tolerance_ticks,
                   uint64_t give_up_ticks);

}  // namespace ipclab
