// One run of a peer: started where it belongs, waited for, and ended by what it was started by when
// it takes too long. Nothing of it is left when this returns.
#pragma once

#include <array>

#include "absl/status/statusor.h"
#include "tests/bench/peers/peer.h"

namespace ipclab::bench {

// The CPUs of the two that talk; the same twice is one CPU.
using Cpus = std::array<int, 2>;

// The peer's figure in nanoseconds. NOT_FOUND when it is not installed; otherwise why there is
// none.
absl::StatusOr<double> RunPeer(const Peer& peer, const Cpus& cpus);

}  // namespace ipclab::bench
