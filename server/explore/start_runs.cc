// The part of the engine that lends workers to explorations: each time an experiment of its own,
// which is seen in lists while it is there and leaves nothing behind.

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/engine.h"
#include "server/errors.h"
#include "server/explore/run_queue.h"
#include "server/program/validate_program.h"
#include "server/uuid.h"
#include "server/validate.h"

namespace ipclab {
namespace {

// Each worker on a CPU of its own where there are enough; else all on one, which costs a tenth of
// what handing over to another CPU's worker costs.
void PlaceRuns(const Topology& topology, size_t workers, v1::Placement& placement) {
  if (workers > topology.cpus.size()) return placement.set_policy(v1::Placement::SAME_CPU);
  placement.set_policy(v1::Placement::EXPLICIT);
  for (size_t i = 0; i < workers; ++i) placement.add_cpus(topology.cpus[i].id);
}

}  // namespace

void Engine::StartRuns(const v1::ProgramSpec& program, Reply<std::shared_ptr<RealRuns>> reply) {
  if (drained_) return reply(ServerStopping());
  Complaints complaints;
  v1::ProgramSpec checked = program;
  const auto plan_of_program = CheckProgram(checked, settings_.programs, catalogue_, complaints);
  if (!plan_of_program) return reply(InvalidRequest(complaints.violations));
  v1::CreateExperimentRequest request;
  request.set_experiment_id(absl::StrCat("explore-", MakeUuid().substr(0, 13)));
  *request.mutable_spec()->mutable_program() = program;
  request.mutable_spec()->set_start(v1::ExperimentSpec::RUN);
  const size_t workers = plan_of_program->program.workers.size();
  PlaceRuns(topology_, workers, *request.mutable_spec()->mutable_placement());
  auto plan = ValidateCreate(request, catalogue_, settings_.programs, topology_, settings_.limits);
  if (!plan.ok()) return reply(plan.status());

  const std::string name = absl::StrCat("experiments/", request.experiment_id());
  // Given to who asked once the workers are ready, kept by the experiment until then.
  const auto answer = std::make_shared<Reply<std::shared_ptr<RealRuns>>>(std::move(reply));
  const auto given = std::make_shared<std::weak_ptr<RunQueue>>();
  RunQueue::Ears ears;
  ears.on_ready = [answer, given](const absl::Status& status) {
    const auto once = std::exchange(*answer, nullptr);
    if (!once) return;
    if (!status.ok()) return once(status);
    // The experiment has it too: that nobody wants it any more is said by Stop.
    const std::shared_ptr<RunQueue> queue = given->lock();
    once(std::shared_ptr<RealRuns>(queue.get(), [queue](RealRuns*) { queue->Stop(); }));
  };
  ears.on_stop = [this, name] {
    loop_.Post([this, name] {
      const auto found = experiments_.find(name);
      if (found == experiments_.end() || found->second->ended()) return;
      found->second->Cancel([](const absl::StatusOr<v1::Experiment>&) {});
    });
  };
  auto queue = std::make_shared<RunQueue>(plan->program->program, workers <= topology_.cpus.size(),
                                          std::move(ears));
  *given = queue;
  plan->runs = queue;
  Launch(request, "", *std::move(plan), [queue](const absl::StatusOr<v1::Experiment>& created) {
    if (!created.ok()) queue->Fail(created.status());
  });
}

}  // namespace ipclab
