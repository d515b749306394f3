#include "server/rpc/channelz_service.h"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "grpc/grpc.h"
#include "grpc/support/alloc.h"
#include "server/errors.h"

namespace ipclab {
namespace {

namespace channelz = grpc::channelz::v1;

// What is asked for.
struct Thing {
  const char* type;
  int64_t id;
};

struct AskedNumber {
  const char* field;
  int64_t value;
};

absl::Status CheckNotNegative(std::initializer_list<AskedNumber> numbers) {
  std::vector<FieldViolation> violations;
  for (const auto& [field, value] : numbers) {
    if (value < 0) violations.push_back({field, "must not be negative; 0 takes what there is"});
  }
  return violations.empty() ? absl::OkStatus() : InvalidRequest(violations);
}

// gRPC 1.51 chooses the size of these pages itself. Pages are cut here, and then were not the last.
template <class Response, class Entry>
void CutPage(int64_t max_results, google::protobuf::RepeatedPtrField<Entry>& entries,
             Response& response) {
  if (max_results == 0 || entries.size() <= max_results) return;
  const int kept = static_cast<int>(max_results);
  entries.DeleteSubrange(kept, entries.size() - kept);
  response.set_end(false);
}

// Answers with what gRPC says, which is JSON to be freed with gpr_free, and null when there is no
// such thing. It takes no lock for long, so there is nothing for the strand to do.
template <class Response, class Query>
grpc::ServerUnaryReactor* Answer(
    const RpcContext& rpc, grpc::CallbackServerContext* context, const char* method,
    Response* response, const Thing& thing, const Query& query,
    std::initializer_list<AskedNumber> numbers = {}, const std::function<void()>& shape = [] {}) {
  auto* const reactor = context->DefaultReactor();
  if (const auto caller = rpc.gate.Check(*context, method); !caller.ok()) {
    reactor->Finish(ToGrpc(caller.status()));
    return reactor;
  }
  if (const absl::Status valid = CheckNotNegative(numbers); !valid.ok()) {
    reactor->Finish(ToGrpc(valid));
    return reactor;
  }
  char* const json = query();
  const std::unique_ptr<char, decltype(&gpr_free)> owner(json, &gpr_free);
  absl::Status status;
  if (json == nullptr) {
    status = ResourceNotFound(absl::StrCat("grpc.channelz.v1.", thing.type),
                              absl::StrCat(thing.type, " ", thing.id),
                              "it may be gone by now; GetServers and GetTopChannels tell where to "
                              "begin");
  } else if (!google::protobuf::util::JsonStringToMessage(json, response).ok()) {
    status = absl::InternalError("gRPC's answer makes no sense");
  } else {
    shape();
  }
  reactor->Finish(ToGrpc(status));
  return reactor;
}

}  // namespace

grpc::ServerUnaryReactor* ChannelzService::GetTopChannels(
    grpc::CallbackServerContext* context, const channelz::GetTopChannelsRequest* request,
    channelz::GetTopChannelsResponse* response) {
  return Answer(
      rpc_, context, "GetTopChannels", response, {"Channel", request->start_channel_id()},
      [&] { return grpc_channelz_get_top_channels(request->start_channel_id()); },
      {{"start_channel_id", request->start_channel_id()}, {"max_results", request->max_results()}},
      [&] { CutPage(request->max_results(), *response->mutable_channel(), *response); });
}

grpc::ServerUnaryReactor* ChannelzService::GetServers(grpc::CallbackServerContext* context,
                                                      const channelz::GetServersRequest* request,
                                                      channelz::GetServersResponse* response) {
  return Answer(
      rpc_, context, "GetServers", response, {"Server", request->start_server_id()},
      [&] { return grpc_channelz_get_servers(request->start_server_id()); },
      {{"start_server_id", request->start_server_id()}, {"max_results", request->max_results()}},
      [&] { CutPage(request->max_results(), *response->mutable_server(), *response); });
}

grpc::ServerUnaryReactor* ChannelzService::GetServer(grpc::CallbackServerContext* context,
                                                     const channelz::GetServerRequest* request,
                                                     channelz::GetServerResponse* response) {
  return Answer(rpc_, context, "GetServer", response, {"Server", request->server_id()},
                [&] { return grpc_channelz_get_server(request->server_id()); });
}

grpc::ServerUnaryReactor* ChannelzService::GetServerSockets(
    grpc::CallbackServerContext* context, const channelz::GetServerSocketsRequest* request,
    channelz::GetServerSocketsResponse* response) {
  return Answer(
      rpc_, context, "GetServerSockets", response, {"Server", request->server_id()},
      [&] {
        return grpc_channelz_get_server_sockets(request->server_id(), request->start_socket_id(),
                                                request->max_results());
      },
      {{"start_socket_id", request->start_socket_id()}, {"max_results", request->max_results()}});
}

grpc::ServerUnaryReactor* ChannelzService::GetChannel(grpc::CallbackServerContext* context,
                                                      const channelz::GetChannelRequest* request,
                                                      channelz::GetChannelResponse* response) {
  return Answer(rpc_, context, "GetChannel", response, {"Channel", request->channel_id()},
                [&] { return grpc_channelz_get_channel(request->channel_id()); });
}

grpc::ServerUnaryReactor* ChannelzService::GetSubchannel(
    grpc::CallbackServerContext* context, const channelz::GetSubchannelRequest* request,
    channelz::GetSubchannelResponse* response) {
  return Answer(rpc_, context, "GetSubchannel", response, {"Subchannel", request->subchannel_id()},
                [&] { return grpc_channelz_get_subchannel(request->subchannel_id()); });
}

grpc::ServerUnaryReactor* ChannelzService::GetSocket(grpc::CallbackServerContext* context,
                                                     const channelz::GetSocketRequest* request,
                                                     channelz::GetSocketResponse* response) {
  return Answer(rpc_, context, "GetSocket", response, {"Socket", request->socket_id()},
                [&] { return grpc_channelz_get_socket(request->socket_id()); });
}

}  // namespace ipclab
