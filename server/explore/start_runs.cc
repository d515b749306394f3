// The part of the engine that lends workers to explorations: each time an experiment of its own,
// which is seen in lists while it is there and leaves nothing behind.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/engine.h"
#include "server/errors.h"
#include "server/explore/run_queue.h"
#include "server/program/validate_program.h"
#include "server/uuid.h"
#include "server/validate.h"

namespace ipclab {
namespace {

// More would wait for the search.
constexpr size_t kMostGroups = 4;

// The CPUs of each group: one for each worker where there are enough; else one for all of them,
// where handing over costs a tenth of what it costs from CPU to CPU.
std::vector<std::vector<int>> PlaceGroups(const Topology& topology, size_t workers) {
  const size_t cpus = topology.cpus.size();
  const bool enough = workers <= cpus;
  const size_t count = enough && workers > 0 ? cpus / workers : cpus;
  std::vector<std::vector<int>> groups(std::clamp<size_t>(count, 1, kMostGroups));
  for (size_t group = 0; group < groups.size(); ++group) {
    for (size_t worker = 0; worker < workers; ++worker) {
      groups[group].push_back(topology.cpus[enough ? group * workers + worker : group].id);
    }
  }
  return groups;
}

v1::CreateExperimentRequest GroupOf(const v1::ProgramSpec& program, const std::vector<int>& cpus) {
  v1::CreateExperimentRequest request;
  request.set_experiment_id(absl::StrCat("explore-", MakeUuid().substr(0, 13)));
  v1::ExperimentSpec& spec = *request.mutable_spec();
  *spec.mutable_program() = program;
  spec.set_start(v1::ExperimentSpec::RUN);
  spec.mutable_placement()->set_policy(v1::Placement::EXPLICIT);
  spec.mutable_placement()->mutable_cpus()->Add(cpus.begin(), cpus.end());
  return request;
}

}  // namespace

void Engine::StartRuns(const v1::ProgramSpec& program, Reply<std::shared_ptr<RealRuns>> reply) {
  if (drained_) return reply(ServerStopping());
  Complaints complaints;
  v1::ProgramSpec checked = program;
  const auto checked_plan = CheckProgram(checked, settings_.programs, catalogue_, complaints);
  if (!checked_plan) return reply(InvalidRequest(complaints.violations));
  const size_t workers = checked_plan->program.workers.size();

  std::vector<v1::CreateExperimentRequest> requests;
  std::vector<ExperimentPlan> plans;
  std::vector<std::string> names;
  for (const std::vector<int>& cpus : PlaceGroups(topology_, workers)) {
    requests.push_back(GroupOf(program, cpus));
    auto plan = ValidateCreate(requests.back(), catalogue_, settings_.programs, topology_,
                               settings_.limits);
    if (!plan.ok()) return reply(plan.status());
    plans.push_back(*std::move(plan));
    names.push_back(absl::StrCat("experiments/", requests.back().experiment_id()));
  }
  const auto end_groups = [this, names] {
    for (const std::string& name : names) {
      const auto found = experiments_.find(name);
      if (found == experiments_.end() || found->second->ended()) continue;
      found->second->Cancel([](const absl::StatusOr<v1::Experiment>&) {});
    }
  };
  const auto queue =
      std::make_shared<RunQueue>(plans.front().program->program, workers <= topology_.cpus.size(),
                                 [this, end_groups] { loop_.Post(end_groups); });
  // The groups have it too: that nobody wants it any more is said by Stop.
  reply(std::shared_ptr<RealRuns>(queue.get(), [queue](RealRuns*) { queue->Stop(); }));
  for (size_t i = 0; i < plans.size(); ++i) {
    plans[i].runs = queue;
    // One group is enough.
    const bool matters = i == 0;
    Launch(requests[i], "", std::move(plans[i]),
           [queue, matters](const absl::StatusOr<v1::Experiment>& made) {
             if (!made.ok() && matters) queue->Fail(made.status());
           });
  }
}

}  // namespace ipclab
