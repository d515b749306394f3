#include "server/spawn_plan.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ipclab {
namespace {

bool Has(const std::vector<int>& workers, int worker) {
  return std::ranges::find(workers, worker) != workers.end();
}

// How many workers before this one have its role.
int RankOf(const std::vector<internal::Role>& roles, size_t worker) {
  return static_cast<int>(std::count(roles.begin(), roles.begin() + worker, roles[worker]));
}

bool SharesCpu(const std::vector<int>& cpus, size_t worker) {
  return std::ranges::count(cpus, cpus[worker]) > 1;
}

}  // namespace

std::vector<internal::IpcName::Kind> NameKindsOf(const ExperimentPlan& plan) {
  std::vector<internal::IpcName::Kind> kinds;
  for (size_t link = 0; link < plan.shape.links.size(); ++link) {
    for (const int kind : plan.mechanism->name_kinds()) {
      kinds.push_back(static_cast<internal::IpcName::Kind>(kind));
    }
  }
  return kinds;
}

internal::Spawn PlanSpawn(uint64_t number, const ExperimentPlan& plan,
                          std::vector<internal::IpcName> names) {
  internal::Spawn spawn;
  spawn.set_experiment(number);
  const std::vector<internal::Role>& roles = plan.shape.roles;
  const size_t names_per_link = static_cast<size_t>(plan.mechanism->name_kinds_size());
  for (size_t i = 0; i < roles.size(); ++i) {
    const int index = static_cast<int>(i);
    internal::WorkerSetup& worker = *spawn.add_workers();
    worker.set_index(index);
    worker.set_role(roles[i]);
    worker.set_rank(RankOf(roles, i));
    worker.set_cpu(plan.cpus[i]);
    worker.set_shares_cpu(SharesCpu(plan.cpus, i));
    worker.set_crew(static_cast<int32_t>(roles.size()));
    *worker.mutable_measure() = plan.spec.measure();
    for (size_t number_of_link = 0; number_of_link < plan.shape.links.size(); ++number_of_link) {
      const LinkShape& shape = plan.shape.links[number_of_link];
      if (!Has(shape.senders, index) && !Has(shape.receivers, index)) continue;
      internal::LinkSetup& link = *worker.add_links();
      link.set_link(static_cast<int32_t>(number_of_link));
      link.set_host(shape.senders.front() == index);
      link.set_duplex(shape.duplex);
      link.set_sends(Has(shape.senders, index));
      link.set_senders(static_cast<int32_t>(shape.senders.size()));
      link.set_receivers(static_cast<int32_t>(shape.receivers.size()));
      link.set_sender_rank(RankOf(roles, static_cast<size_t>(shape.senders.front())));
      for (size_t name = 0; name < names_per_link && !names.empty(); ++name) {
        *link.add_names() = names[number_of_link * names_per_link + name];
      }
    }
  }
  return spawn;
}

}  // namespace ipclab
