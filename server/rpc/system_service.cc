#include "server/rpc/system_service.h"

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "server/host/ipc_objects.h"
#include "server/ipc_page.h"
#include "spdlog/spdlog.h"

namespace ipclab {
namespace {

using Objects = std::vector<NamedIpcObject>;

// Once: who polls the list must not fill the log.
void SayIncomplete() {
  static std::atomic_flag said;
  if (said.test_and_set()) return;
  spdlog::warn("this host has more than {} IPC objects; lists leave out the rest", kMostIpcEntries);
}

// Answers an rpc with what work makes of the host's objects. They are looked for here, before the
// strand is asked for the names: the strand has no time for folders.
template <class Response, class Allow, class Work>
grpc::ServerUnaryReactor* AnswerOnObjects(const RpcContext& rpc,
                                          grpc::CallbackServerContext* context, const char* method,
                                          Response* response, Allow allow, Work work) {
  auto* const call = new UnaryCall<Response>(rpc.calls, method, response);
  const auto reply = call->reply();
  const absl::StatusOr<v1::Principal> caller = rpc.gate.Check(*context, method);
  absl::Status status = caller.status();
  if (status.ok()) status = allow(*caller);
  if (!status.ok()) {
    reply->Send(status);
    return call;
  }
  FoundIpcObjects found = FindIpcObjects(HostIpcRoots());
  if (!found.complete) SayIncomplete();
  rpc.loop.Post(
      [&engine = rpc.engine, found = std::move(found), reply, work = std::move(work)]() mutable {
        work(AttributeIpcObjects(std::move(found), engine.names().InUse()), engine.names(),
             [reply](absl::StatusOr<Response> answer) { reply->Send(std::move(answer)); });
      });
  return call;
}

Objects Reclaimable(Objects all) {
  std::erase_if(all, [](const NamedIpcObject& each) { return !each.object.reclaimable(); });
  return all;
}

v1::ReclaimIpcObjectsResponse Reclamation(Objects objects, bool dry_run) {
  v1::ReclaimIpcObjectsResponse response;
  response.set_dry_run(dry_run);
  for (NamedIpcObject& each : objects) *response.add_ipc_objects() = std::move(each.object);
  return response;
}

}  // namespace

grpc::ServerUnaryReactor* SystemService::GetServerInfo(grpc::CallbackServerContext* context,
                                                       const v1::GetServerInfoRequest*,
                                                       v1::ServerInfo* response) {
  return rpc_.Answer(context, "GetServerInfo", response,
                     [&engine = rpc_.engine](auto reply, const v1::Principal& caller) {
                       v1::ServerInfo info = engine.Info();
                       *info.mutable_caller() = caller;
                       reply(std::move(info));
                     });
}

grpc::ServerUnaryReactor* SystemService::ListIpcObjects(grpc::CallbackServerContext* context,
                                                        const v1::ListIpcObjectsRequest* request,
                                                        v1::ListIpcObjectsResponse* response) {
  const auto allow = [request](const v1::Principal& caller) {
    if (!request->all()) return absl::OkStatus();
    return CheckRole(caller, v1::Principal::ADMIN, "listing what others made");
  };
  return AnswerOnObjects(rpc_, context, "ListIpcObjects", response, allow,
                         [request = *request](Objects objects, Names&, auto reply) {
                           std::vector<v1::IpcObject> shown;
                           for (NamedIpcObject& each : objects)
                             shown.push_back(std::move(each.object));
                           reply(PageOfIpcObjects(request, std::move(shown)));
                         });
}

grpc::ServerUnaryReactor* SystemService::ReclaimIpcObjects(
    grpc::CallbackServerContext* context, const v1::ReclaimIpcObjectsRequest* request,
    v1::ReclaimIpcObjectsResponse* response) {
  const bool dry_run = !request->has_dry_run() || request->dry_run();
  const auto allow = [](const v1::Principal&) { return absl::OkStatus(); };
  return AnswerOnObjects(rpc_, context, "ReclaimIpcObjects", response, allow,
                         [dry_run](Objects all, Names& names, auto reply) {
                           Objects objects = Reclaimable(std::move(all));
                           if (dry_run) return reply(Reclamation(std::move(objects), true));
                           std::vector<internal::IpcName> strays;
                           for (const NamedIpcObject& each : objects) strays.push_back(each.name);
                           names.RemoveStrays(std::move(strays),
                                              [objects = std::move(objects),
                                               reply](std::vector<std::string> errors) mutable {
                                                for (size_t i = 0; i < errors.size(); ++i)
                                                  objects[i].object.set_error(std::move(errors[i]));
                                                reply(Reclamation(std::move(objects), false));
                                              });
                         });
}

}  // namespace ipclab
