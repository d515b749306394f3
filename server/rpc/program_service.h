// ProgramService: the catalogue of lab programs, and what is asked of a text without starting it.
// Everything is computed on gRPC's thread, from what never changes.
#pragma once

#include "ipclab/v1/program_service.grpc.pb.h"
#include "server/rpc/rpc_context.h"

namespace ipclab {

class ProgramService final : public v1::ProgramService::CallbackService {
 public:
  explicit ProgramService(const RpcContext& rpc) : rpc_(rpc) {}

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

 private:
  const RpcContext rpc_;
};

}  // namespace ipclab
