// A bare gRPC server of the same build in a process of its own: its StepExperiment and
// DriveExperiment answer at once and nothing stands behind them.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "ipclab/v1/experiment_service.grpc.pb.h"
#include "tests/bench/lab.h"
#include "tests/bench/program.h"

namespace ipclab::bench {

class EchoProgram {
 public:
  // Returns once it serves.
  static absl::StatusOr<EchoProgram> Start();

  v1::ExperimentService::Stub& stub() { return *stub_; }

 private:
  EchoProgram(std::unique_ptr<TemporaryFolder> folder, ChildProgram program)
      : folder_(std::move(folder)), program_(std::move(program)) {}

  std::unique_ptr<TemporaryFolder> folder_;
  ChildProgram program_;
  std::unique_ptr<v1::ExperimentService::Stub> stub_;
};

}  // namespace ipclab::bench
