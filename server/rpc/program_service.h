// ProgramService: the catalogue of lab programs, what is asked of a text without starting it, and
// explorations. What is short is computed on gRPC's thread, from what never changes; what takes
// long has threads of its own.
#pragma once

#include "ipclab/v1/program_service.grpc.pb.h"
#include "server/explore/await_runs.h"
#include "server/explore/desks.h"
#include "server/rpc/rpc_context.h"

namespace ipclab {

class ProgramService final : public v1::ProgramService::CallbackService {
 public:
  explicit ProgramService(const RpcContext& rpc);

  grpc::ServerUnaryReactor* ListPrograms(grpc::CallbackServerContext* context,
                                         const v1::ListProgramsRequest* request,
                                         v1::ListProgramsResponse* response) override;
  grpc::ServerUnaryReactor* GetProgram(grpc::CallbackServerContext* context,
                                       const v1::GetProgramRequest* request,
                                       v1::Program* response) override;
  grpc::ServerUnaryReactor* CheckProgram(grpc::CallbackServerContext* context,
                                         const v1::CheckProgramRequest* request,
                                         v1::CheckProgramResponse* response) override;
  grpc::ServerUnaryReactor* ReplaySchedule(grpc::CallbackServerContext* context,
                                           const v1::ReplayScheduleRequest* request,
                                           v1::ReplayScheduleResponse* response) override;
  grpc::ServerWriteReactor<v1::ExploreEvent>* ExploreProgram(
      grpc::CallbackServerContext* context, const v1::ExploreProgramRequest* request) override;
  grpc::ServerUnaryReactor* ShrinkSchedule(grpc::CallbackServerContext* context,
                                           const v1::ShrinkScheduleRequest* request,
                                           v1::ShrinkScheduleResponse* response) override;
  grpc::ServerUnaryReactor* ExplainSchedule(grpc::CallbackServerContext* context,
                                            const v1::ExplainScheduleRequest* request,
                                            v1::ExplainScheduleResponse* response) override;

 private:
  const RpcContext rpc_;
  const StartRuns start_runs_;
  Desks desks_;  // last: what is at work there uses the others
};

}  // namespace ipclab
