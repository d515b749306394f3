// Which CPU each worker gets. Pure: a plan from a topology.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "common/topology.h"
#include "ipclab/v1/experiment.pb.h"

namespace ipclab {

struct PlacementPlan {
  v1::Placement placement;  // as asked, but never UNSPECIFIED
  std::vector<int> cpus;    // one per worker
};

// More than two workers: each on a CPU that is related so to those of all before it, as long as
// there is one; then over again from the first.
//
// INVALID_ARGUMENT when the placement itself makes no sense, FAILED_PRECONDITION when this host
// cannot give it; the message says what the host has.
absl::StatusOr<PlacementPlan> PlanPlacement(const Topology& topology,
                                            const v1::Placement& placement, int workers);

// How two CPUs are related, in the words of v1::Placement: what was achieved.
v1::Placement::Policy RelationOf(const Topology& topology, int first, int second);

// The same of the workers' CPUs: SAME_CPU when two of them have one, SAME_CORE when two are on
// one core, else that of the first two; UNSPECIFIED for a single worker.
v1::Placement::Policy RelationOf(const Topology& topology, const std::vector<int>& cpus);

}  // namespace ipclab
