// SystemService: the server itself, its host, and the kernel objects with names that lie on it.
#pragma once

#include "ipclab/v1/system.grpc.pb.h"
#include "server/rpc/rpc_context.h"

namespace ipclab {

class SystemService final : public v1::SystemService::CallbackService {
 public:
  explicit SystemService(const RpcContext& rpc) : rpc_(rpc) {}

  grpc::ServerUnaryReactor* GetServerInfo(grpc::CallbackServerContext* context,
                                          const v1::GetServerInfoRequest* request,
                                          v1::ServerInfo* response) override;
  grpc::ServerUnaryReactor* ListIpcObjects(grpc::CallbackServerContext* context,
                                           const v1::ListIpcObjectsRequest* request,
                                           v1::ListIpcObjectsResponse* response) override;
  grpc::ServerUnaryReactor* ReclaimIpcObjects(grpc::CallbackServerContext* context,
                                              const v1::ReclaimIpcObjectsRequest* request,
                                              v1::ReclaimIpcObjectsResponse* response) override;

 private:
  const RpcContext rpc_;
};

}  // namespace ipclab
