// What the bare program can do: the calls that the lab makes, with nothing of the lab around them.
// Each returns with all its children gone.
#pragma once

#include "common/clock.h"
#include "tests/bench/bare/protocol.h"

namespace ipclab::bench {

BareAnswer Forks(const Clock& clock);
BareAnswer RoundTrips(const BareRequest& request, const Clock& clock);
BareAnswer Kills(const BareRequest& request, const Clock& clock);

}  // namespace ipclab::bench
