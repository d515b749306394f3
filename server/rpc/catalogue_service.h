// MechanismService: what the lab can measure on this host, and what to choose of it.
#pragma once

#include "ipclab/v1/mechanism.grpc.pb.h"
#include "server/rpc/rpc_context.h"

namespace ipclab {

class MechanismService final : public v1::MechanismService::CallbackService {
 public:
  explicit MechanismService(const RpcContext& rpc) : rpc_(rpc) {}

  grpc::ServerUnaryReactor* ListMechanisms(grpc::CallbackServerContext* context,
                                           const v1::ListMechanismsRequest* request,
                                           v1::ListMechanismsResponse* response) override;
  grpc::ServerUnaryReactor* GetMechanism(grpc::CallbackServerContext* context,
                                         const v1::GetMechanismRequest* request,
                                         v1::Mechanism* response) override;
  grpc::ServerUnaryReactor* RecommendMechanism(grpc::CallbackServerContext* context,
                                               const v1::RecommendMechanismRequest* request,
                                               v1::RecommendMechanismResponse* response) override;

 private:
  const RpcContext rpc_;
};

}  // namespace ipclab
