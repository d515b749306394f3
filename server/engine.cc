#include "server/engine.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/durations.h"
#include "server/ends.h"
#include "server/errors.h"
#include "server/validate.h"
#include "spdlog/spdlog.h"

namespace ipclab {
namespace {

using E = v1::Experiment;

constexpr absl::Duration kTickInterval = absl::Seconds(1);
constexpr char kResourceType[] = "ipclab.v1.Experiment";

}  // namespace

Engine::Engine(EventLoop& loop, Store& store, ZygoteProcess zygote, Catalogue catalogue,
               Topology topology, EngineSettings settings)
    : loop_(loop),
      store_(store),
      catalogue_(std::move(catalogue)),
      topology_(std::move(topology)),
      settings_(std::move(settings)),
      zygote_(loop, settings_.worker_binary, std::move(zygote), *this),
      names_(zygote_, store.instance(), settings_.run_folder) {}

Engine::~Engine() = default;

void Engine::Restore(StoreContents contents) {
  zygote_.Listen();
  tick_ = loop_.After(kTickInterval, [this] { Tick(); });
  requests_.Restore(contents.requests);
  names_.Restore(contents.intents);
  shelf_.Restore(contents, catalogue_);
  WriteBatch batch;
  for (v1::Experiment& record : contents.experiments) {
    if (!IsTerminal(record.state())) {
      record.set_state(E::ABORTED);
      *record.mutable_end() =
          MakeEnd(v1::End::SERVER, "SERVER_RESTART", "the server ended while it was at work");
      *record.mutable_end_time() = ProtoNow();
      *record.mutable_update_time() = record.end_time();
      batch.put_experiments.push_back(record);
    }
    const std::string name = record.name();
    experiments_[name] = std::make_unique<Experiment>(loop_, *this, std::move(record));
  }
  if (!batch.put_experiments.empty()) {
    store_.Write(std::move(batch), [](const absl::Status& status) {
      if (!status.ok()) spdlog::error("{}", std::string(status.message()));
    });
  }
  std::set<std::string> with_names;
  for (const StoredIntent& intent : contents.intents) with_names.insert(intent.experiment);
  for (const std::string& name : with_names) {
    names_.Remove(0, name, [this, name, intents = names_.Of(name)](bool gone) {
      if (!gone) return;  // tried again at the next start
      WriteBatch deletion;
      deletion.delete_intents = intents;
      store_.Write(std::move(deletion), [](const absl::Status&) {});
      spdlog::info("removed what {} had left", name);
    });
  }
}

absl::StatusOr<Experiment*> Engine::FindForWork(const std::string& name) {
  if (drained_) return ServerStopping();
  return Find(name);
}

absl::StatusOr<Experiment*> Engine::Find(const std::string& name) {
  if (absl::Status status = ValidateExperimentName(name); !status.ok()) return status;
  const auto found = experiments_.find(name);
  if (found != experiments_.end()) return found->second.get();
  return ResourceNotFound(kResourceType, name, "create it first, or look for a slip in its name");
}

void Engine::Delete(const std::string& name, std::function<void(absl::Status)> reply) {
  const auto experiment = Find(name);
  if (!experiment.ok()) return reply(experiment.status());
  if (!(*experiment)->ended()) {
    return reply(
        PreconditionFailed({{"EXPERIMENT_STATE", name,
                             absl::StrCat(name, " is ", E::State_Name((*experiment)->state()),
                                          "; cancel it first")}}));
  }
  if (!deleting_.insert(name).second) {
    return reply(ResourceNotFound(kResourceType, name, "it is being deleted"));
  }
  WriteBatch batch;
  batch.delete_experiments.push_back(name);
  store_.Write(std::move(batch),
               [this, name, reply = std::move(reply)](const absl::Status& status) {
                 loop_.Post([this, name, reply, status] {
                   deleting_.erase(name);
                   if (status.ok()) {
                     experiments_.erase(name);
                     requests_.Forget(name);
                   }
                   reply(status);
                 });
               });
}

void Engine::CommitAnswer(StoredRequest request, absl::StatusOr<v1::StepExperimentResponse> answer,
                          const Reply<v1::StepExperimentResponse>& reply) {
  const std::string id = request.request_id;
  const std::string name = request.experiment;
  if (!answer.ok()) {
    requests_.Answer(id, name, answer.status());
    return reply(std::move(answer));
  }
  request.response = answer->SerializeAsString();
  const std::string bytes = request.response;
  WriteBatch batch;
  batch.put_requests.push_back(std::move(request));
  store_.Write(std::move(batch), [this, id, name, bytes, answer = *std::move(answer),
                                  reply](const absl::Status& status) {
    loop_.Post([this, id, name, bytes, answer, reply, status] {
      // Uncommitted it is still the truth; only a repetition after a restart will not know of it.
      if (!status.ok()) spdlog::error("{}: an answer was not kept: {}", name, status.ToString());
      requests_.Answer(id, name, bytes);
      reply(answer);
    });
  });
}

void Engine::AtStop(const std::shared_ptr<void>& who,
                    std::function<void(const absl::Status&)> call) {
  if (drained_) return call(ServerStopping());
  at_stop_.emplace(who.get(), std::move(call));
}

std::vector<const v1::Experiment*> Engine::Records() const {
  std::vector<const v1::Experiment*> records;
  records.reserve(experiments_.size());
  for (const auto& [name, experiment] : experiments_) records.push_back(&experiment->record());
  return records;
}

v1::ServerInfo Engine::Info() const {
  v1::ServerInfo info = settings_.info;
  info.set_instance(store_.instance());
  info.set_experiments(static_cast<int32_t>(experiments_.size()));
  info.set_workers(WorkersAlive());
  info.set_zygote_pid(zygote_.pid());
  return info;
}

void Engine::SetAddresses(const std::vector<std::string>& addresses) {
  *settings_.info.mutable_addresses() = {addresses.begin(), addresses.end()};
}

void Engine::Stop(std::function<void()> drained) {
  drained_ = std::move(drained);
  for (const auto& [who, call] : std::exchange(at_stop_, {})) call(ServerStopping());
  for (const auto& [name, experiment] : experiments_) {
    experiment->events().Abort(ServerStopping());
    experiment->metrics().Abort(ServerStopping());
    experiment->Abort("SERVER_STOPPING", "the server was stopped");
  }
  CheckDrained();
}

void Engine::CheckDrained() {
  if (drained_ && by_number_.empty()) std::exchange(drained_, [] {})();
}

Crew* Engine::CrewOf(uint64_t number) {
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? nullptr : found->second->crew();
}

int Engine::WorkersAlive() const {
  int sum = 0;
  for (const auto& [number, experiment] : by_number_) sum += experiment->workers_alive();
  return sum;
}

void Engine::OnSpawned(const internal::Spawned& spawned, std::vector<UniqueFd> fds) {
  if (Crew* const crew = CrewOf(spawned.experiment())) crew->HandleSpawned(spawned, std::move(fds));
}

void Engine::OnEnded(const internal::Ended& ended) {
  if (Crew* const crew = CrewOf(ended.experiment())) crew->HandleEnded(ended);
}

void Engine::OnStopped(const internal::Stopped& stopped) {
  if (Crew* const crew = CrewOf(stopped.experiment())) crew->HandleStopped(stopped);
}

void Engine::OnReclaimed(const internal::Reclaimed& reclaimed) { names_.OnReclaimed(reclaimed); }

void Engine::OnZygoteLost() {
  for (const auto& [number, experiment] : by_number_) {
    if (experiment->crew()) experiment->crew()->HandleZygoteLost();
  }
  names_.OnZygoteLost();
}

bool Engine::LeaseCpus(Experiment& experiment) {
  return leases_.Request(experiment.number(), experiment.plan().cpus,
                         experiment.plan().spec.share_cpus());
}

void Engine::ReturnCpus(Experiment& experiment) {
  for (const CpuLeases::Owner owner : leases_.Release(experiment.number())) {
    // Posted: the one that returned its CPUs is still in the middle of something.
    loop_.Post([this, owner] {
      const auto found = by_number_.find(owner);
      if (found == by_number_.end() || found->second->state() != E::PENDING) return;
      // It may have left the line meanwhile, and be in it anew.
      if (leases_.BlockerOf(owner) == 0) found->second->OnCpus();
    });
  }
}

std::string Engine::WhatItWaitsFor(const Experiment& experiment) {
  const auto blocker = by_number_.find(leases_.BlockerOf(experiment.number()));
  return absl::StrCat("CPU ", absl::StrJoin(experiment.plan().cpus, ","),
                      blocker == by_number_.end()
                          ? ""
                          : absl::StrCat(", wanted by ", blocker->second->name(), " before it"));
}

void Engine::OnAllGone(Experiment& experiment) {
  const uint64_t number = experiment.number();
  // Workers may die before their experiment is committed; its creator must be answered first.
  if (uncommitted_.count(number) > 0 && over_uncommitted_.insert(number).second) return;
  names_.Remove(number, experiment.name(),
                [this, number, intents = names_.Of(experiment.name())](bool gone) {
                  const auto found = by_number_.find(number);
                  if (found == by_number_.end()) return;
                  CommitEnd(*found->second, gone ? intents : std::vector<StoredIntent>());
                });
}

void Engine::CommitEnd(Experiment& experiment, std::vector<StoredIntent> gone_names) {
  if (!experiment.committed()) return Forget(experiment);
  WriteBatch batch;
  const bool is_kept = !experiment.plan().runs;
  if (is_kept) {
    batch.put_experiments.push_back(experiment.final_record());
    shelf_.Keep(experiment.final_record(), catalogue_, batch);
  }
  batch.delete_intents = std::move(gone_names);
  store_.Write(std::move(batch),
               [this, is_kept, number = experiment.number()](const absl::Status& status) {
                 loop_.Post([this, is_kept, number, status] {
                   const auto found = by_number_.extract(number);
                   if (found.empty()) return;
                   if (!status.ok()) found.mapped()->FailCommit(status);
                   found.mapped()->Conclude();
                   if (!is_kept) experiments_.erase(std::string(found.mapped()->name()));
                   CheckDrained();
                 });
               });
}

// What never was committed never was: its creator has got the error.
void Engine::Forget(Experiment& experiment) {
  const std::string name = experiment.name();
  by_number_.erase(experiment.number());
  experiment.Conclude();
  experiments_.erase(name);
  CheckDrained();
}

void Engine::Tick() {
  for (const auto& [number, experiment] : by_number_) {
    experiment->CheckProgress(settings_.stall_limit);
  }
  tick_ = loop_.After(kTickInterval, [this] { Tick(); });
}

}  // namespace ipclab
