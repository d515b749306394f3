// ExperimentService over the engine: one handler per rpc, none of which blocks.
#pragma once

#include "ipclab/v1/experiment_service.grpc.pb.h"
#include "server/rpc/rpc_context.h"

namespace ipclab {

class ExperimentService final : public v1::ExperimentService::CallbackService {
 public:
  explicit ExperimentService(const RpcContext& rpc) : rpc_(rpc) {}

  grpc::ServerUnaryReactor* CreateExperiment(grpc::CallbackServerContext* context,
                                             const v1::CreateExperimentRequest* request,
                                             v1::Experiment* response) override;
  grpc::ServerUnaryReactor* GetExperiment(grpc::CallbackServerContext* context,
                                          const v1::GetExperimentRequest* request,
                                          v1::Experiment* response) override;
  grpc::ServerUnaryReactor* ListExperiments(grpc::CallbackServerContext* context,
                                            const v1::ListExperimentsRequest* request,
                                            v1::ListExperimentsResponse* response) override;
  grpc::ServerUnaryReactor* DeleteExperiment(grpc::CallbackServerContext* context,
                                             const v1::DeleteExperimentRequest* request,
                                             google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* RunExperiment(grpc::CallbackServerContext* context,
                                          const v1::RunExperimentRequest* request,
                                          v1::Experiment* response) override;
  grpc::ServerUnaryReactor* PauseExperiment(grpc::CallbackServerContext* context,
                                            const v1::PauseExperimentRequest* request,
                                            v1::Experiment* response) override;
  grpc::ServerBidiReactor<v1::DriveExperimentRequest, v1::DriveExperimentResponse>* DriveExperiment(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* CancelExperiment(grpc::CallbackServerContext* context,
                                             const v1::CancelExperimentRequest* request,
                                             v1::Experiment* response) override;
  grpc::ServerUnaryReactor* RewindExperiment(grpc::CallbackServerContext* context,
                                             const v1::RewindExperimentRequest* request,
                                             v1::Experiment* response) override;
  grpc::ServerUnaryReactor* ForkExperiment(grpc::CallbackServerContext* context,
                                           const v1::ForkExperimentRequest* request,
                                           v1::Experiment* response) override;
  grpc::ServerUnaryReactor* StepExperiment(grpc::CallbackServerContext* context,
                                           const v1::StepExperimentRequest* request,
                                           v1::StepExperimentResponse* response) override;
  grpc::ServerUnaryReactor* GetMetrics(grpc::CallbackServerContext* context,
                                       const v1::GetMetricsRequest* request,
                                       v1::Metrics* response) override;
  grpc::ServerWriteReactor<v1::ExperimentEvent>* WatchExperiment(
      grpc::CallbackServerContext* context, const v1::WatchExperimentRequest* request) override;
  grpc::ServerWriteReactor<v1::Metrics>* WatchMetrics(
      grpc::CallbackServerContext* context, const v1::WatchMetricsRequest* request) override;
  grpc::ServerWriteReactor<v1::ExportExperimentResponse>* ExportExperiment(
      grpc::CallbackServerContext* context, const v1::ExportExperimentRequest* request) override;

 private:
  const RpcContext rpc_;
};

}  // namespace ipclab
