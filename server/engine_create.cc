// The part of the engine that makes experiments: once per request, after validation, and no row
// without its names.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/ipc_name.h"
#include "server/admission_memory.h"
#include "server/engine.h"
#include "server/errors.h"
#include "server/program/fork.h"
#include "server/program/program_spawn.h"
#include "server/uuid.h"
#include "server/validate.h"

namespace ipclab {

void Engine::Create(const v1::CreateExperimentRequest& request, Reply<v1::Experiment> reply) {
  CreateOnce(
      request.validate_only() ? "" : request.request_id(), Requests::DigestOf(request),
      [&request] { return request; }, std::move(reply));
}

void Engine::Fork(const v1::ForkExperimentRequest& request, Reply<v1::Experiment> reply) {
  Complaints complaints;
  if (absl::Status status = ValidateExperimentName(request.name()); !status.ok()) {
    return reply(status);
  }
  CheckNewIds(request.experiment_id(), request.request_id(), complaints);
  if (request.step() < 0) {
    complaints.Wrong("step", absl::StrCat("is ", request.step(), ", must be 0 or more"));
  }
  if (!complaints.violations.empty()) return reply(InvalidRequest(complaints.violations));
  CreateOnce(
      request.request_id(), Requests::DigestOf(request),
      [this, &request]() -> absl::StatusOr<v1::CreateExperimentRequest> {
        const auto experiment = Find(request.name());
        if (!experiment.ok()) return experiment.status();
        return ForkOf((*experiment)->Describe(), request);
      },
      std::move(reply));
}

// A request id is looked up before validation: what was done once is answered alike, whatever has
// changed since.
void Engine::CreateOnce(const std::string& request_id, const std::string& digest, const Wish& wish,
                        Reply<v1::Experiment> reply) {
  if (drained_) return reply(ServerStopping());
  if (!request_id.empty()) {
    const auto replay = Requests::Parsed<v1::Experiment>(reply);
    if (requests_.Join(request_id, digest, replay)) return;
    reply = [this, request_id, reply = std::move(reply)](absl::StatusOr<v1::Experiment> answer) {
      if (answer.ok()) {
        requests_.Answer(request_id, answer->name(), answer->SerializeAsString());
      } else {
        requests_.Answer(request_id, "", answer.status());
      }
      reply(std::move(answer));
    };
  }
  const absl::StatusOr<v1::CreateExperimentRequest> request = wish();
  if (!request.ok()) return reply(request.status());
  Admit(*request, digest, std::move(reply));
}

void Engine::Admit(const v1::CreateExperimentRequest& request, const std::string& digest,
                   Reply<v1::Experiment> reply) {
  auto plan = ValidateCreate(request, catalogue_, settings_.programs, topology_, settings_.limits);
  if (!plan.ok()) return reply(plan.status());
  if (!request.validate_only()) return Launch(request, digest, *std::move(plan), std::move(reply));
  v1::Experiment preview;
  if (!request.experiment_id().empty()) {
    preview.set_name(absl::StrCat("experiments/", request.experiment_id()));
  }
  *preview.mutable_spec() = plan->spec;
  reply(std::move(preview));
}

absl::Status Engine::CheckRoom(const ExperimentPlan& plan) const {
  const Limits& limits = settings_.limits;
  if (static_cast<int>(experiments_.size()) >= limits.max_experiments) {
    return QuotaExceeded("experiments",
                         absl::StrCat("this server keeps ", limits.max_experiments,
                                      " experiments; delete some that have ended"),
                         absl::Seconds(1));
  }
  if (WorkersAlive() + static_cast<int>(plan.shape.roles.size()) > limits.max_workers) {
    return QuotaExceeded("workers",
                         absl::StrCat("this server runs ", limits.max_workers,
                                      " workers at once; wait for experiments to end, or cancel "
                                      "some"),
                         absl::Seconds(1));
  }
  int64_t memory = 0;
  for (const auto& [number, experiment] : by_number_) memory += MemoryNeeded(experiment->plan());
  return CheckMemory(MemoryNeeded(plan), memory, limits.max_memory_bytes);
}

void Engine::Launch(const v1::CreateExperimentRequest& request, const std::string& digest,
                    ExperimentPlan plan, Reply<v1::Experiment> reply) {
  const std::string uid = MakeUuid();
  const std::string name = absl::StrCat("experiments/", request.experiment_id().empty()
                                                            ? absl::StrCat("x-", uid.substr(0, 13))
                                                            : request.experiment_id());
  if (experiments_.count(name) > 0) {
    return reply(ResourceExists("ipclab.v1.Experiment", name, "choose another experiment_id"));
  }
  if (absl::Status status = CheckRoom(plan); !status.ok()) return reply(status);
  const std::vector<internal::IpcName::Kind> kinds = NamesNeeded(plan);
  const bool files = std::count(kinds.begin(), kinds.end(), internal::IpcName::FILE) > 0;
  if (absl::Status folder = files ? RuntimeFolder().status() : absl::OkStatus(); !folder.ok()) {
    return reply(PreconditionFailed({{"RUN_FOLDER", name, std::string(folder.message())}}));
  }

  const uint64_t number = next_number_++;
  auto owned = std::make_unique<Experiment>(loop_, *this, number, name, uid, std::move(plan),
                                            settings_.info.environment());
  Experiment& experiment = *owned;
  experiments_[name] = std::move(owned);
  by_number_[number] = &experiment;

  WriteBatch batch;
  if (!experiment.plan().runs) batch.put_experiments.push_back(experiment.record());
  batch.put_intents = names_.Choose(number, name, uid, kinds);
  if (!request.request_id().empty()) {
    batch.put_requests.push_back(
        {request.request_id(), name, digest, experiment.record().SerializeAsString()});
  }
  // Workers that may create names wait for the commit of these; others start meanwhile.
  if (kinds.empty()) experiment.Start(zygote_, SpawnOf(number, experiment.plan(), {}));
  uncommitted_[number] = [reply = std::move(reply),
                          answer = experiment.record()](absl::StatusOr<v1::Experiment> committed) {
    if (!committed.ok()) return reply(committed.status());
    reply(answer);  // the very answer that a repeated request will get
  };
  store_.Write(std::move(batch), [this, number](const absl::Status& status) {
    loop_.Post([this, number, status] { OnCreateCommitted(number, status); });
  });
}

void Engine::OnCreateCommitted(uint64_t number, const absl::Status& status) {
  const auto waiting = uncommitted_.extract(number);
  const auto found = by_number_.find(number);
  if (waiting.empty() || found == by_number_.end()) return;
  Experiment& experiment = *found->second;
  const bool over = over_uncommitted_.erase(number) > 0;
  if (!status.ok()) {
    experiment.Abort("STORE", "it could not be committed");
    if (over) OnAllGone(experiment);
    return waiting.mapped()(ErrorWithReason(
        status.code(), "STORE",
        absl::StrCat("the experiment could not be committed: ", std::string(status.message()))));
  }
  waiting.mapped()(experiment.record());
  if (experiment.state() == v1::Experiment::STARTING && !experiment.crew()) {
    std::vector<internal::IpcName> names;
    for (StoredIntent& intent : names_.Of(experiment.name())) {
      names.push_back(std::move(intent.name));
    }
    experiment.Start(zygote_, SpawnOf(number, experiment.plan(), std::move(names)));
  }
  experiment.OnCommitted();
  if (over) OnAllGone(experiment);
}

}  // namespace ipclab
