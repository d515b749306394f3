#include "server/cpu_leases.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ipclab {
namespace {

bool Overlap(const std::vector<int>& a, const std::vector<int>& b) {
  return std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end();
}

}  // namespace

bool CpuLeases::Request(Owner owner, std::vector<int> cpus, bool shared) {
  line_.push_back(Claim{owner, std::move(cpus), shared, false});
  const auto claim = std::prev(line_.end());
  claim->held = Blocker(claim) == 0;
  return claim->held;
}

std::vector<CpuLeases::Owner> CpuLeases::Release(Owner owner) {
  line_.remove_if([owner](const Claim& claim) { return claim.owner == owner; });
  std::vector<Owner> granted;
  for (auto claim = line_.begin(); claim != line_.end(); ++claim) {
    if (claim->held || Blocker(claim) != 0) continue;
    claim->held = true;
    granted.push_back(claim->owner);
  }
  return granted;
}

CpuLeases::Owner CpuLeases::BlockerOf(Owner owner) const {
  const auto claim = std::find_if(line_.begin(), line_.end(),
                                  [owner](const Claim& each) { return each.owner == owner; });
  return claim == line_.end() || claim->held ? 0 : Blocker(claim);
}

// An earlier claim, held or waiting, that wants one of the same CPUs for itself. A later one that
// holds cannot be in the way: it would have been refused.
CpuLeases::Owner CpuLeases::Blocker(Line::const_iterator claim) const {
  for (auto earlier = line_.begin(); earlier != claim; ++earlier) {
    if (earlier->shared && claim->shared) continue;
    if (Overlap(earlier->cpus, claim->cpus)) return earlier->owner;
  }
  return 0;
}

}  // namespace ipclab
