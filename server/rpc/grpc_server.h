// The gRPC server: services, settings, addresses, and a stop that ends within its grace.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/unique_fd.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "server/rpc/address.h"
#include "server/rpc/catalogue_service.h"
#include "server/rpc/channelz_service.h"
#include "server/rpc/experiment_service.h"
#include "server/rpc/program_service.h"
#include "server/rpc/system_service.h"

namespace ipclab {

class GrpcServer {
 public:
  // Ends the process, saying which calls are alive, should a stop outlast its grace: Stop must have
  // been called.
  ~GrpcServer();

  // Binds all addresses and serves, those by TCP with these credentials (null: plain text).
  // UNAVAILABLE when one cannot be bound.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(
      std::vector<Address> addresses, const RpcContext& rpc,
      std::shared_ptr<grpc::ServerCredentials> by_network = nullptr);

  // Serves the connection that fd is one end of.
  void Adopt(UniqueFd fd);

  // Where it listens, with the real port where 0 was asked for.
  const std::vector<std::string>& bound() const { return bound_; }

  // Health says NOT_SERVING from now on.
  void StopServing();

  // Ends what is still open within grace. Not from a handler.
  void Stop(absl::Duration grace);

 private:
  explicit GrpcServer(const RpcContext& rpc);

  const RpcContext rpc_;
  ExperimentService experiments_;
  MechanismService mechanisms_;
  ProgramService programs_;
  SystemService system_;
  ChannelzService channelz_;
  std::vector<Address> addresses_;
  std::vector<std::string> bound_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace ipclab
