// A real server with lab programs on it, as tests of programs want it: each call one line.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ipclab/v1/program_service.grpc.pb.h"
#include "tests/support/lab_server.h"

namespace ipclab {

// Requests; tests change what matters to them.
v1::CreateExperimentRequest OnProgram(const std::string& id, const std::string& variant = "",
                                      const std::map<std::string, int64_t>& parameters = {});
v1::CreateExperimentRequest OnSource(const std::string& source);

v1::Choice By(const std::string& worker, const std::string& wakes = "");
v1::Choice ByPolicy(v1::Choice::Policy policy, uint64_t seed = 0);

class ProgramLab {
 public:
  explicit ProgramLab(LabServer::Options options = {}) : server_(std::move(options)) {}

  LabServer& server() { return server_; }
  const LabClient& client() const { return server_.client(); }
  std::unique_ptr<v1::ProgramService::Stub> programs() const;

  // The name of a new one that is READY.
  std::string Ready(const v1::CreateExperimentRequest& request) const {
    return client().CreateReady(request).name();
  }

  // Steps one worker.
  Answer<v1::StepExperimentResponse> Step(const std::string& name, const std::string& worker,
                                          int64_t count = 1) const;
  Answer<v1::StepExperimentResponse> Step(const std::string& name, const v1::Choice& choice,
                                          int64_t count, const v1::Until& until = {}) const;
  Answer<v1::Experiment> Rewind(const std::string& name, int64_t step) const;
  Answer<v1::Experiment> Fork(const v1::ForkExperimentRequest& request) const;
  // Runs it, and waits until it is parked or has ended.
  v1::Experiment RunAndWait(const v1::RunExperimentRequest& request) const;

  v1::ProgramView View(const std::string& name) const { return client().Get(name)->program(); }

 private:
  LabServer server_;
};

// "10 -> 11" of all operations, and who did them: equal courses have equal ones.
std::string Operations(const v1::StepExperimentResponse& step);

const v1::ProgramObject& ObjectOf(const v1::ProgramView& view, const std::string& name);
const v1::ProgramWorker& WorkerOf(const v1::ProgramView& view, const std::string& letter);

}  // namespace ipclab
