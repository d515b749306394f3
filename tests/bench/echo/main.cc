// A bare gRPC server: StepExperiment and DriveExperiment by the callback API, answered by the
// handler itself. Its argument is the address; it says a line when it serves, and ends by a signal.

#include <grpcpp/grpcpp.h>

#include <cstdio>

#include "ipclab/v1/experiment_service.grpc.pb.h"

namespace {

using ipclab::v1::DriveExperimentRequest;
using ipclab::v1::DriveExperimentResponse;

class DriveEcho final
    : public grpc::ServerBidiReactor<DriveExperimentRequest, DriveExperimentResponse> {
 public:
  DriveEcho() { StartRead(&request_); }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    response_.mutable_step()->set_steps(request_.step().count());
    StartWrite(&response_);
  }
  void OnWriteDone(bool) override { StartRead(&request_); }
  void OnDone() override { delete this; }

  DriveExperimentRequest request_;
  DriveExperimentResponse response_;
};

class Echo final : public ipclab::v1::ExperimentService::CallbackService {
  grpc::ServerUnaryReactor* StepExperiment(grpc::CallbackServerContext* context,
                                           const ipclab::v1::StepExperimentRequest* request,
                                           ipclab::v1::StepExperimentResponse* response) override {
    response->set_steps(request->count());
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  grpc::ServerBidiReactor<DriveExperimentRequest, DriveExperimentResponse>* DriveExperiment(
      grpc::CallbackServerContext*) override {
    return new DriveEcho;
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  Echo echo;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(argv[1], grpc::InsecureServerCredentials());
  builder.RegisterService(&echo);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) return 1;
  std::puts("serving");
  std::fflush(stdout);
  server->Wait();
}
