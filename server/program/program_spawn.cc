#include "server/program/program_spawn.h"

#include <algorithm>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/run_batch.h"
#include "server/ends.h"
#include "server/program/program_plan.h"
#include "server/spawn_plan.h"

namespace ipclab {
namespace {

const google::protobuf::RepeatedField<int>& KindsOf(const ProgramPlan& plan,
                                                    const ObjectLinkPlan& link) {
  const internal::MechanismRecord& record = *plan.objects[static_cast<size_t>(link.object)].record;
  return link.is_channel ? record.name_kinds() : record.object_name_kinds();
}

bool Includes(const std::vector<int>& workers, int worker) {
  return std::ranges::find(workers, worker) != workers.end();
}

class ProgramSpawn {
 public:
  ProgramSpawn(const ProgramPlan& plan, std::span<const internal::IpcName> names)
      : plan_(plan), names_(names) {}

  void AddLinks(int worker, internal::WorkerSetup& setup) const {
    size_t first_name = 0;
    for (size_t number = 0; number < plan_.links.size(); ++number) {
      const ObjectLinkPlan& link = plan_.links[number];
      const bool sends = Includes(link.senders, worker);
      const bool host = link.senders.front() == worker;
      if (sends) AddLink(number, host, true, first_name, setup);
      if (link.is_channel && Includes(link.receivers, worker)) {
        AddLink(number, false, false, first_name, setup);
      }
      first_name += static_cast<size_t>(KindsOf(plan_, link).size());
    }
  }

 private:
  void AddLink(size_t number, bool host, bool sends, size_t first_name,
               internal::WorkerSetup& setup) const {
    const ObjectLinkPlan& plan = plan_.links[number];
    internal::LinkSetup& link = *setup.add_links();
    link.set_link(static_cast<int32_t>(number));
    link.set_host(host);
    link.set_sends(sends);
    link.set_senders(static_cast<int32_t>(plan.senders.size()));
    link.set_receivers(static_cast<int32_t>(plan.receivers.size()));
    link.mutable_object()->set_object(plan.object);
    *link.mutable_object()->mutable_mechanism() =
        plan_.objects[static_cast<size_t>(plan.object)].mechanism;
    const size_t names = static_cast<size_t>(KindsOf(plan_, plan).size());
    for (size_t i = 0; i < names && !names_.empty(); ++i) {
      *link.add_names() = names_[first_name + i];
    }
  }

  const ProgramPlan& plan_;
  const std::span<const internal::IpcName> names_;
};

internal::Spawn PlanProgramSpawn(uint64_t number, const ExperimentPlan& plan,
                                 std::span<const internal::IpcName> names) {
  const ProgramPlan& of = *plan.program;
  internal::Spawn spawn;
  spawn.set_experiment(number);
  spawn.set_extra(of.source);
  spawn.set_extra_bytes(ExtraBytesOf(plan));
  internal::ProgramPart part;
  part.set_source_bytes(static_cast<int32_t>(of.source.size()));
  part.set_variant(of.program.variant);
  for (const Parameter& each : of.program.parameters) {
    (*part.mutable_parameters())[each.name] = each.value;
  }
  part.set_hash(HashText(of.program));
  part.set_explores(plan.runs != nullptr);
  const ProgramSpawn links(of, names);
  for (size_t i = 0; i < of.program.workers.size(); ++i) {
    internal::WorkerSetup& worker = *spawn.add_workers();
    worker.set_index(static_cast<int32_t>(i));
    worker.set_rank(static_cast<int32_t>(i));
    worker.set_cpu(plan.cpus[i]);
    worker.set_shares_cpu(std::ranges::count(plan.cpus, plan.cpus[i]) > 1);
    worker.set_crew(static_cast<int32_t>(of.program.workers.size()));
    *worker.mutable_program() = part;
    links.AddLinks(static_cast<int>(i), worker);
  }
  return spawn;
}

}  // namespace

int64_t ExtraBytesOf(const ExperimentPlan& plan) {
  const size_t source_bytes = plan.program->source.size();
  const int words = plan.program->program.state_words;
  return static_cast<int64_t>(plan.runs ? ExtraBytesWithRuns(source_bytes, words)
                                        : ExtraBytes(source_bytes, words));
}

std::vector<internal::IpcName::Kind> NamesNeeded(const ExperimentPlan& plan) {
  if (!plan.program) return NameKindsOf(plan);
  std::vector<internal::IpcName::Kind> kinds;
  for (const ObjectLinkPlan& link : plan.program->links) {
    for (const int kind : KindsOf(*plan.program, link)) {
      kinds.push_back(static_cast<internal::IpcName::Kind>(kind));
    }
  }
  return kinds;
}

internal::Spawn SpawnOf(uint64_t number, const ExperimentPlan& plan,
                        std::vector<internal::IpcName> names) {
  if (plan.program) return PlanProgramSpawn(number, plan, names);
  return PlanSpawn(number, plan, std::move(names));
}

std::vector<std::string> RolesOf(const ExperimentPlan& plan) {
  std::vector<std::string> roles;
  if (plan.program) {
    for (const ProgramWorker& each : plan.program->program.workers) roles.push_back(each.name);
  } else {
    for (const internal::Role role : plan.shape.roles) roles.push_back(RoleName(role));
  }
  return roles;
}

std::vector<std::string> WorkerNamesOf(const ExperimentPlan& plan) {
  std::vector<std::string> names = RolesOf(plan);
  for (size_t i = 0; i < names.size(); ++i) {
    const int index = static_cast<int>(i);
    names[i] = plan.program ? absl::StrCat("worker ", LetterOf(index), " (", names[i], ")")
                            : WorkerName(index, names[i]);
  }
  return names;
}

}  // namespace ipclab
