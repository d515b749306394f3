// The workers of one lab program under a TestZygote, with the test as their server: real processes
// on real kernel objects, driven by the baton. What the server would know of them from its own
// state is a model beside them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/baton.h"
#include "common/mapping.h"
#include "common/message_socket.h"
#include "common/program/program.h"
#include "common/run_batch.h"
#include "common/unique_fd.h"
#include "ipclab/internal/control.pb.h"
#include "tests/support/test_zygote.h"

namespace ipclab {

class ProgramCrew {
 public:
  struct Over {
    std::string mechanism;
    std::map<std::string, std::string> options = {};  // that differ from their defaults
  };
  struct Plan {
    std::string source;
    std::string variant = {};
    std::map<std::string, int64_t> parameters = {};
    // By the object's name, that of its array, or "cells", "mutex", "rwlock", "semaphore" and
    // "channel" for all of a kind. What is not named has what the text or the lab says.
    std::map<std::string, Over> over = {};
    // Empty: that of the program.
    std::string hash = {};
    bool explores = false;  // with room for batches of runs
    bool one_cpu = false;   // for all workers
  };

  // Compiles and spawns.
  ProgramCrew(TestZygote& zygote, const Plan& plan);
  ProgramCrew(const ProgramCrew&) = delete;
  ProgramCrew& operator=(const ProgramCrew&) = delete;
  // Ends the workers, removes what names are left.
  ~ProgramCrew();

  // Takes Ready of all and has every link joined. False, with what a worker said instead in
  // complaint(), when that did not come.
  bool Connect();
  const std::string& complaint() const { return complaint_; }

  const Program& program() const { return program_; }
  int size() const { return static_cast<int>(program_.workers.size()); }
  pid_t pid(int worker) const { return members_[static_cast<size_t>(worker)].pid; }
  BatonPage& baton();
  WorkerPage& page(int worker) { return WorkerPageOf(pages_.data(), worker); }
  int64_t* state();                           // the workers'
  int64_t* model() { return model_.data(); }  // the test's own

  // Each orders the command and awaits its end: what the last worker said. The steps are made on
  // the model too.
  internal::FromWorker Steps(const std::vector<Choose>& steps);
  internal::FromWorker Rewind(const std::vector<Choose>& prefix = {});
  internal::FromWorker RunFree();
  // As many runs, of at least one step each, as one batch holds.
  internal::FromWorker Runs(const std::vector<std::vector<Choose>>& runs, bool spins);
  RunBatch& batch();
  // The first message that any worker sends; empty when none comes.
  internal::FromWorker AwaitAny();

  // The state is the model's, and what the kernel tells of each object that it tells of too. The
  // first difference in words; empty for none.
  std::string Disagreement();

  // Steps by the lowest, or by a seed, until nobody can: every one is checked, up to so many.
  // False, with a failure, when that went wrong.
  std::vector<Choose> PlanToEnd(uint64_t seed, int most = 4000);

  // Orders the end of all; the exit codes, in order of index.
  std::vector<int> Quit();

  // A copy of the offer of an object's host, for a test that spoils it.
  struct Offer {
    std::string bytes;
    std::vector<UniqueFd> descriptors;
  };
  const Offer& offer(std::string_view object);

 private:
  struct Member {
    pid_t pid;
    UniqueFd pidfd;
    MessageSocket control;
  };

  internal::Spawn MakeSpawn(const Plan& plan);
  void Link(const Plan& plan, internal::Spawn& spawn);
  bool Join(const internal::Offer& offer, std::span<const int> descriptors);
  void Bind(const Plan& plan);
  Over OverOf(const Plan& plan, const ProgramObject& object) const;
  internal::FromWorker Await(int worker, std::vector<UniqueFd>& descriptors);

  TestZygote& zygote_;
  Program program_;
  internal::Spawn spawn_;
  Mapping pages_;
  std::vector<Member> members_;
  std::vector<int64_t> model_;
  std::vector<internal::IpcName> names_;
  std::vector<int> object_of_link_;
  std::map<int, Offer> offers_;  // by object
  std::string complaint_;
  size_t source_bytes_ = 0;
  bool quit_ = false;
};

// What an object is made of where nothing is said.
std::string_view DefaultMechanism(ObjectKind kind);

}  // namespace ipclab
