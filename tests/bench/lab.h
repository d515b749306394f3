// A real server for one benchmark: ipclabd in a folder of its own, with a connection to it, and the
// few calls that benchmarks share. Stopped, and its folder removed, when destroyed.
#pragma once

#include <grpcpp/grpcpp.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ipclab/v1/experiment_service.grpc.pb.h"
#include "ipclab/v1/system.grpc.pb.h"
#include "tests/bench/program.h"

namespace ipclab::bench {

// A folder of the benchmark's own, mode 0700, gone with all its files at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  // Empty when it could not be made.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class Lab {
 public:
  // Returns once the server serves. flags: further ones.
  static absl::StatusOr<std::unique_ptr<Lab>> Start(const std::vector<std::string>& flags = {});

  v1::ExperimentService::Stub& experiments() { return *experiments_; }
  v1::SystemService::Stub& system() { return *system_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  std::string state_folder() const { return folder_.path() + "/state"; }
  // A connection of its own.
  std::shared_ptr<grpc::Channel> NewChannel() const;
  pid_t pid() const { return server_->pid(); }

  // SIGKILL; does not wait.
  void Kill() { server_->Kill(); }

  // Creates one and waits until it is in this state, told by a watch.
  absl::StatusOr<v1::Experiment> Create(const v1::ExperimentSpec& spec,
                                        v1::Experiment::State until);

  // Creates one that runs at once and waits for its end; an error unless it succeeded.
  absl::StatusOr<v1::Experiment> Measure(const v1::ExperimentSpec& spec);

  absl::StatusOr<v1::Experiment> Get(const std::string& name);

  // Cancels it where it still lives, and deletes it.
  absl::Status Remove(const std::string& name);

 private:
  Lab() = default;

  TemporaryFolder folder_;
  std::unique_ptr<ChildProgram> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::ExperimentService::Stub> experiments_;
  std::unique_ptr<v1::SystemService::Stub> system_;
};

// Round trips of 64 bytes over the mechanism; the experiment stays READY unless told to run.
v1::ExperimentSpec RoundTrips(const std::string& mechanism, v1::Placement::Policy placement,
                              int64_t messages);

// Follows an experiment until it is in the state. ABORTED when it ended otherwise.
absl::StatusOr<v1::ExperimentEvent> AwaitState(v1::ExperimentService::Stub& experiments,
                                               const std::string& name,
                                               v1::Experiment::State state);

// A context with a deadline that only a benchmark that hangs meets.
std::unique_ptr<grpc::ClientContext> NewCall();

// A channel to a Unix socket, with a connection of its own.
std::shared_ptr<grpc::Channel> Connect(const std::string& address);

absl::Status ToStatus(const grpc::Status& status, const std::string& act);

}  // namespace ipclab::bench
