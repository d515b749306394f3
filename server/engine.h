// The engine: every experiment, the one zygote, the CPU leases, and what the store has to know. The
// single owner of all state; everything here runs on the event loop's strand.
//
// The rpc layer posts a call and gets its answer by a callback, perhaps much later.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/topology.h"
#include "ipclab/v1/experiment_service.pb.h"
#include "ipclab/v1/system.pb.h"
#include "server/catalogue.h"
#include "server/cpu_leases.h"
#include "server/event_loop.h"
#include "server/experiment.h"
#include "server/explore/real_runs.h"
#include "server/host/hiccup_clock.h"
#include "server/limits.h"
#include "server/names.h"
#include "server/program/program_shelf.h"
#include "server/recommend/digest_shelf.h"
#include "server/requests.h"
#include "server/store.h"
#include "server/zygote.h"

namespace ipclab {

struct EngineSettings {
  Limits limits;
  absl::Duration stall_limit = absl::Seconds(10);
  std::string worker_binary;
  std::string run_folder;  // where FIFOs and sockets live
  ProgramShelf programs;
  v1::ServerInfo info;  // version, addresses, environment: what does not change
};

class Engine final : public Zygote::Listener, public Experiment::Surroundings {
 public:
  template <class T>
  using Reply = std::function<void(absl::StatusOr<T>)>;

  // Takes over the zygote and what the store holds. Constructed before anybody can post.
  Engine(EventLoop& loop, Store& store, ZygoteProcess zygote, Catalogue catalogue,
         Topology topology, EngineSettings settings);
  ~Engine();

  // Marks what was running before the server's restart as ABORTED, and removes its names. First.
  void Restore(StoreContents contents);

  void Create(const v1::CreateExperimentRequest& request, Reply<v1::Experiment> reply);
  // Another one on the same program, taken to the same step.
  void Fork(const v1::ForkExperimentRequest& request, Reply<v1::Experiment> reply);
  void Delete(const std::string& name, std::function<void(absl::Status)> reply);

  // Workers for an exploration of this program, once they are at hand: ready, on CPUs of their own.
  void StartRuns(const v1::ProgramSpec& program, Reply<std::shared_ptr<RealRuns>> reply);

  // Any experiment; INVALID_ARGUMENT when the name is none, NOT_FOUND. Borrowed until the next
  // call.
  absl::StatusOr<Experiment*> Find(const std::string& name);
  // One that is to do something; UNAVAILABLE while the server stops.
  absl::StatusOr<Experiment*> FindForWork(const std::string& name);
  // All of them, by name; borrowed until the next call.
  std::vector<const v1::Experiment*> Records() const;

  // Keeps the answer for repetitions of the request, then gives it to all who wait for it.
  void CommitAnswer(StoredRequest request, absl::StatusOr<v1::StepExperimentResponse> answer,
                    const Reply<v1::StepExperimentResponse>& reply);

  // call is called when the server stops, at once if it does already, unless who is forgotten
  // before.
  void AtStop(const std::shared_ptr<void>& who, std::function<void(const absl::Status&)> call);
  void ForgetAtStop(const std::shared_ptr<void>& who) { at_stop_.erase(who.get()); }

  Requests& requests() { return requests_; }
  Names& names() { return names_; }

  // What experiments on this host have measured, those deleted meanwhile too.
  const std::deque<Digest>& digests() const { return shelf_.digests(); }
  const v1::Environment& environment() const { return settings_.info.environment(); }

  v1::ServerInfo Info() const;
  void SetAddresses(const std::vector<std::string>& addresses);

  // Refuses what is new, ends every watch with UNAVAILABLE and every experiment as ABORTED. Calls
  // drained once no worker is left and all is committed.
  void Stop(std::function<void()> drained);

  const Catalogue& catalogue() const { return catalogue_; }            // never changes: any thread
  const Limits& limits() const { return settings_.limits; }            // likewise
  const ProgramShelf& programs() const { return settings_.programs; }  // likewise

 private:
  // Zygote::Listener
  void OnSpawned(const internal::Spawned& spawned, std::vector<UniqueFd> fds) override;
  void OnEnded(const internal::Ended& ended) override;
  void OnStopped(const internal::Stopped& stopped) override;
  void OnReclaimed(const internal::Reclaimed& reclaimed) override;
  void OnZygoteLost() override;

  // Experiment::Surroundings
  bool LeaseCpus(Experiment& experiment) override;
  void ReturnCpus(Experiment& experiment) override;
  std::string WhatItWaitsFor(const Experiment& experiment) override;
  void OnAllGone(Experiment& experiment) override;
  HiccupClock& hiccup_clock() override { return hiccup_clock_; }

  // What is to be created, found out when it is not a repetition.
  using Wish = std::function<absl::StatusOr<v1::CreateExperimentRequest>()>;
  void CreateOnce(const std::string& request_id, const std::string& digest, const Wish& wish,
                  Reply<v1::Experiment> reply);
  void Admit(const v1::CreateExperimentRequest& request, const std::string& digest,
             Reply<v1::Experiment> reply);
  void Launch(const v1::CreateExperimentRequest& request, const std::string& digest,
              ExperimentPlan plan, Reply<v1::Experiment> reply);
  void OnCreateCommitted(uint64_t number, const absl::Status& status);
  absl::Status CheckRoom(const ExperimentPlan& plan) const;
  void CommitEnd(Experiment& experiment, std::vector<StoredIntent> gone_names);
  void Forget(Experiment& experiment);
  void Tick();
  void CheckDrained();
  Crew* CrewOf(uint64_t number);
  int WorkersAlive() const;

  EventLoop& loop_;
  Store& store_;
  const Catalogue catalogue_;
  const Topology topology_;
  EngineSettings settings_;
  Zygote zygote_;
  Names names_;
  Requests requests_;
  CpuLeases leases_;
  HiccupClock hiccup_clock_;
  DigestShelf shelf_;

  std::map<std::string, std::unique_ptr<Experiment>> experiments_;  // by name
  std::unordered_map<uint64_t, Experiment*> by_number_;             // those that live
  uint64_t next_number_ = 1;
  std::unordered_map<uint64_t, Reply<v1::Experiment>> uncommitted_;  // whom Create answers
  std::set<uint64_t> over_uncommitted_;  // of these, the ones that have ended already
  std::set<std::string> deleting_;       // names
  EventLoop::TimerId tick_ = 0;
  std::unordered_map<void*, std::function<void(const absl::Status&)>> at_stop_;
  std::function<void()> drained_;  // set once stopping
};

}  // namespace ipclab
