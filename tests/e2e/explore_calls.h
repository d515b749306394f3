// Calls of ExploreProgram, event by event or whole.
#pragma once

#include <memory>

#include "ipclab/v1/program_service.grpc.pb.h"
#include "tests/e2e/program_lab.h"

namespace ipclab {

// program: as OnProgram and OnSource make it.
v1::ExploreProgramRequest Exploring(
    const v1::CreateExperimentRequest& program, v1::ExploreProgramRequest::Mode mode,
    v1::ExploreProgramRequest::Engine engine = v1::ExploreProgramRequest::MODEL);

// One call, event by event.
class ExploreStream {
 public:
  ExploreStream(const ProgramLab& lab, const v1::ExploreProgramRequest& request);

  bool Next(v1::ExploreEvent& event) { return reader_->Read(&event); }
  // True once it is under way.
  bool AwaitProgress();
  void Cancel() { context_->TryCancel(); }
  grpc::Status Finish();

 private:
  std::unique_ptr<v1::ProgramService::Stub> stub_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<v1::ExploreEvent>> reader_;
};

// The last message; what came before it is checked.
v1::Exploration ExploreToEnd(const ProgramLab& lab, const v1::ExploreProgramRequest& request);

}  // namespace ipclab
