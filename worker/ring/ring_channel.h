// A channel over a single-producer single-consumer ring in shared memory: one ring, or one for each
// way. Made by the mechanisms of the ring, each with its own way to share the memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "worker/channel.h"
#include "worker/ring/region.h"
#include "worker/ring/ring_memory.h"

namespace ipclab {

// What both ends know of a link.
struct RingPlan {
  RingLayout layout;
  bool duplex = false;  // two rings, the host's outgoing one first
  uint64_t batch = 1;   // messages that are written before they are published

  size_t bytes() const { return (duplex ? 2 : 1) * layout.bytes(); }
};

// Which end this is.
struct RingPlace {
  bool host = false;
  bool sends = false;  // not duplex: this end sends
};

// The region begins with zero bytes, or what the other end has put there.
std::unique_ptr<Channel> MakeRingChannel(Region region, const RingPlan& plan, RingPlace place);

}  // namespace ipclab
