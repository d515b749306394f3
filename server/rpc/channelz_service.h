// grpc.channelz.v1.Channelz for administrators: what gRPC knows of connections and streams. gRPC's
// own service asks nobody who they are, so its answers come through the gate here.
#pragma once

#include "grpc/channelz/v1/channelz.grpc.pb.h"
#include "server/rpc/rpc_context.h"

namespace ipclab {

class ChannelzService final : public grpc::channelz::v1::Channelz::CallbackService {
 public:
  explicit ChannelzService(const RpcContext& rpc) : rpc_(rpc) {}

  grpc::ServerUnaryReactor* GetTopChannels(
      grpc::CallbackServerContext* context,
      const grpc::channelz::v1::GetTopChannelsRequest* request,
      grpc::channelz::v1::GetTopChannelsResponse* response) override;
  grpc::ServerUnaryReactor* GetServers(grpc::CallbackServerContext* context,
                                       const grpc::channelz::v1::GetServersRequest* request,
                                       grpc::channelz::v1::GetServersResponse* response) override;
  grpc::ServerUnaryReactor* GetServer(grpc::CallbackServerContext* context,
                                      const grpc::channelz::v1::GetServerRequest* request,
                                      grpc::channelz::v1::GetServerResponse* response) override;
  grpc::ServerUnaryReactor* GetServerSockets(
      grpc::CallbackServerContext* context,
      const grpc::channelz::v1::GetServerSocketsRequest* request,
      grpc::channelz::v1::GetServerSocketsResponse* response) override;
  grpc::ServerUnaryReactor* GetChannel(grpc::CallbackServerContext* context,
                                       const grpc::channelz::v1::GetChannelRequest* request,
                                       grpc::channelz::v1::GetChannelResponse* response) override;
  grpc::ServerUnaryReactor* GetSubchannel(
      grpc::CallbackServerContext* context, const grpc::channelz::v1::GetSubchannelRequest* request,
      grpc::channelz::v1::GetSubchannelResponse* response) override;
  grpc::ServerUnaryReactor* GetSocket(grpc::CallbackServerContext* context,
                                      const grpc::channelz::v1::GetSocketRequest* request,
                                      grpc::channelz::v1::GetSocketResponse* response) override;

 private:
  const RpcContext rpc_;
};

}  // namespace ipclab
