#include "server/spawn_plan.h"

#include <utility>

namespace ipclab {

std::vector<internal::IpcName::Kind> NameKindsOf(const ExperimentPlan& plan) {
  std::vector<internal::IpcName::Kind> kinds;
  for (const int kind : plan.mechanism->name_kinds()) {
    kinds.push_back(static_cast<internal::IpcName::Kind>(kind));
  }
  return kinds;
}

internal::Spawn PlanSpawn(uint64_t number, const ExperimentPlan& plan,
                          std::vector<internal::IpcName> names) {
  internal::Spawn spawn;
  spawn.set_experiment(number);
  const bool duplex = plan.spec.measure().pattern() == v1::Pattern::ROUND_TRIP;
  for (size_t i = 0; i < plan.roles.size(); ++i) {
    internal::WorkerSetup& worker = *spawn.add_workers();
    worker.set_index(static_cast<int32_t>(i));
    worker.set_role(plan.roles[i]);
    worker.set_cpu(plan.cpus[i]);
    *worker.mutable_measure() = plan.spec.measure();
    // One link between the two workers, or of the only one with itself; the first hosts it.
    internal::LinkSetup& link = *worker.add_links();
    link.set_link(0);
    link.set_host(i == 0);
    link.set_duplex(duplex);
    link.set_sends(i == 0);
    for (const internal::IpcName& name : names) *link.add_names() = name;
  }
  return spawn;
}

}  // namespace ipclab
