// What the bare programs can do: what the lab does, with nothing of the lab around it. Each returns
// with all its children gone.
#pragma once

#include <time.h>

#include <cstdint>

#include "common/clock.h"
#include "tests/bench/bare/protocol.h"

namespace ipclab::bench {

BareAnswer Forks();
BareAnswer Kills(const BareRequest& request);
BareAnswer RoundTrips(const BareRequest& request, const Clock& clock);

// For what lasts long enough; in the vDSO, so it needs no library.
inline int64_t MonotonicNanos() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

inline BareAnswer Failure(int error) { return {.error = error, .nanos = 0}; }

// Carries out requests until the socket on standard input ends. The exit code of main.
int Serve(BareAnswer (*act)(const BareRequest&));

}  // namespace ipclab::bench
