#include "server/placement.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace ipclab {
namespace {

using v1::Placement;

// True when the pair has the property that the policy names.
bool Serves(const Cpu& a, const Cpu& b, Placement::Policy policy) {
  switch (policy) {
    case Placement::SAME_CPU:
      return a.id == b.id;
    case Placement::SAME_CORE:
      return a.id != b.id && a.core == b.core;
    case Placement::SAME_CACHE:
      return a.core != b.core && a.cache == b.cache;
    case Placement::DIFFERENT_CORES:
      return a.core != b.core;
    case Placement::DIFFERENT_SOCKETS:
      return a.socket != b.socket;
    default:
      return false;
  }
}

std::optional<std::pair<int, int>> FindPair(const Topology& topology, Placement::Policy policy) {
  for (const Cpu& a : topology.cpus) {
    for (const Cpu& b : topology.cpus) {
      if (Serves(a, b, policy)) return std::pair(a.id, b.id);
    }
  }
  return std::nullopt;
}

// The pair, and every CPU that serves with all that came before it.
std::vector<int> Extended(const Topology& topology, std::pair<int, int> pair,
                          Placement::Policy policy) {
  std::vector<const Cpu*> found = {topology.Find(pair.first)};
  if (pair.second != pair.first) found.push_back(topology.Find(pair.second));
  for (const Cpu& cpu : topology.cpus) {
    const auto serves = [&](const Cpu* other) {
      return cpu.id != other->id && Serves(*other, cpu, policy);
    };
    if (std::ranges::all_of(found, serves)) found.push_back(&cpu);
  }
  std::vector<int> ids;
  for (const Cpu* const cpu : found) ids.push_back(cpu->id);
  return ids;
}

std::string WhatTheHostHas(const Topology& topology) {
  std::set<int> cores;
  std::set<int> sockets;
  std::vector<int> ids;
  for (const Cpu& cpu : topology.cpus) {
    cores.insert(cpu.core);
    sockets.insert(cpu.socket);
    ids.push_back(cpu.id);
  }
  return absl::StrCat("this server may use CPUs ", absl::StrJoin(ids, ","), ": ", cores.size(),
                      cores.size() == 1 ? " core" : " cores", " on ", sockets.size(),
                      sockets.size() == 1 ? " socket" : " sockets");
}

absl::StatusOr<PlacementPlan> PlanExplicit(const Topology& topology, const Placement& placement,
                                           int workers) {
  if (placement.cpus_size() != workers) {
    return absl::InvalidArgumentError(absl::StrCat("EXPLICIT needs one CPU per worker: ", workers,
                                                   ", not ", placement.cpus_size()));
  }
  PlacementPlan plan{placement, {placement.cpus().begin(), placement.cpus().end()}};
  for (const int cpu : plan.cpus) {
    if (topology.Find(cpu)) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("there is no CPU ", cpu, " to run on; ", WhatTheHostHas(topology)));
  }
  return plan;
}

}  // namespace

absl::StatusOr<PlacementPlan> PlanPlacement(const Topology& topology, const Placement& placement,
                                            int workers) {
  if (!Placement::Policy_IsValid(placement.policy())) {
    return absl::InvalidArgumentError("policy must be one of those that Placement lists");
  }
  if (placement.policy() == Placement::EXPLICIT) return PlanExplicit(topology, placement, workers);
  if (placement.cpus_size() > 0) {
    return absl::InvalidArgumentError("cpus goes with policy EXPLICIT only");
  }
  if (topology.cpus.empty()) return absl::FailedPreconditionError("there is no CPU to run on");
  Placement::Policy policy = placement.policy();
  if (policy == Placement::POLICY_UNSPECIFIED) {
    policy = FindPair(topology, Placement::DIFFERENT_CORES) ? Placement::DIFFERENT_CORES
                                                            : Placement::SAME_CPU;
  }
  const auto pair = FindPair(topology, policy);
  if (!pair) {
    return absl::FailedPreconditionError(absl::StrCat(
        Placement::Policy_Name(policy), " cannot be had here: ", WhatTheHostHas(topology),
        "; choose another policy or EXPLICIT"));
  }
  PlacementPlan plan;
  plan.placement.set_policy(policy);
  const std::vector<int> cpus = Extended(topology, *pair, policy);
  for (size_t i = 0; i < static_cast<size_t>(workers); ++i) {
    plan.cpus.push_back(cpus[i % cpus.size()]);
  }
  return plan;
}

Placement::Policy RelationOf(const Topology& topology, int first, int second) {
  const Cpu* const a = topology.Find(first);
  const Cpu* const b = topology.Find(second);
  if (!a || !b) return Placement::POLICY_UNSPECIFIED;
  for (const auto policy : {Placement::SAME_CPU, Placement::SAME_CORE, Placement::DIFFERENT_SOCKETS,
                            Placement::SAME_CACHE}) {
    if (Serves(*a, *b, policy)) return policy;
  }
  return Placement::DIFFERENT_CORES;
}

Placement::Policy RelationOf(const Topology& topology, const std::vector<int>& cpus) {
  if (cpus.size() < 2) return Placement::POLICY_UNSPECIFIED;
  if (std::set<int>(cpus.begin(), cpus.end()).size() < cpus.size()) return Placement::SAME_CPU;
  for (size_t i = 0; i < cpus.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const Placement::Policy relation = RelationOf(topology, cpus[i], cpus[j]);
      if (relation == Placement::SAME_CORE) return relation;
    }
  }
  return RelationOf(topology, cpus[0], cpus[1]);
}

}  // namespace ipclab
