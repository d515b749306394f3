// From what a client asks of a ring to its plan, and the memory for it: what the four ring
// mechanisms share. Whatever is asked and not to be had is refused here with both numbers, before
// anybody touches memory that is not there.
#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ipclab/v1/mechanism.pb.h"
#include "worker/mechanism.h"
#include "worker/ring/ring_channel.h"

namespace ipclab {

// `slots`, `batch` and `in_place`, which every ring has.
void AddRingOptions(Probe& probe);

// The plan for spec, for who joins. INVALID_ARGUMENT when a batch would not fit into the ring.
absl::StatusOr<RingPlan> PlanRing(const ChannelSpec& spec);

// The same for the host. RESOURCE_EXHAUSTED when it takes more memory than the machine has left.
absl::StatusOr<RingPlan> PlanHostedRing(const ChannelSpec& spec);

// Gives the file bytes and reserves them, so that touching them never raises SIGBUS. where and
// remedy are for people: what is too small, and what enlarges it. RESOURCE_EXHAUSTED with what is
// free there.
absl::Status Reserve(int fd, size_t bytes, std::string_view where, std::string_view remedy);

// bytes rounded up to whole huge pages. RESOURCE_EXHAUSTED, with how many are wanted and how many
// are free, when the pool cannot give them.
absl::StatusOr<size_t> InHugePages(size_t bytes);

// The limits of that pool.
void AddHugePageLimits(Probe& probe);

// What the option says about it.
inline constexpr std::string_view kHugePagesDescription =
    "The ring lies in huge pages of the kernel's pool (vm.nr_hugepages); refused where that has "
    "too few free";

}  // namespace ipclab
