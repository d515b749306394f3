#include "server/rpc/program_service.h"

#include "server/program/program_description.h"
#include "server/program/replay.h"

namespace ipclab {
namespace {

// Answers with what work returns, without the strand: a text takes milliseconds to compile, and
// nobody's step is to wait for that.
template <class Response, class Work>
grpc::ServerUnaryReactor* AnswerHere(const RpcContext& rpc, grpc::CallbackServerContext* context,
                                     const char* method, Response* response, Work work) {
  auto* const call = new UnaryCall<Response>(rpc.calls, method, response);
  const auto reply = call->reply();
  const absl::StatusOr<v1::Principal> caller = rpc.gate.Check(*context, method);
  if (caller.ok()) {
    reply->Send(work());
  } else {
    reply->Send(caller.status());
  }
  return call;
}

}  // namespace

grpc::ServerUnaryReactor* ProgramService::ListPrograms(grpc::CallbackServerContext* context,
                                                       const v1::ListProgramsRequest* request,
                                                       v1::ListProgramsResponse* response) {
  return AnswerHere(rpc_, context, "ListPrograms", response, [&] {
    return ipclab::ListPrograms(*request, rpc_.engine.programs(), rpc_.engine.catalogue());
  });
}

grpc::ServerUnaryReactor* ProgramService::GetProgram(grpc::CallbackServerContext* context,
                                                     const v1::GetProgramRequest* request,
                                                     v1::Program* response) {
  return AnswerHere(rpc_, context, "GetProgram", response, [&] {
    return ipclab::GetProgram(request->name(), rpc_.engine.programs(), rpc_.engine.catalogue());
  });
}

grpc::ServerUnaryReactor* ProgramService::CheckProgram(grpc::CallbackServerContext* context,
                                                       const v1::CheckProgramRequest* request,
                                                       v1::CheckProgramResponse* response) {
  return AnswerHere(rpc_, context, "CheckProgram", response,
                    [&]() -> absl::StatusOr<v1::CheckProgramResponse> {
                      return CheckProgramText(*request, rpc_.engine.catalogue());
                    });
}

grpc::ServerUnaryReactor* ProgramService::ReplaySchedule(grpc::CallbackServerContext* context,
                                                         const v1::ReplayScheduleRequest* request,
                                                         v1::ReplayScheduleResponse* response) {
  return AnswerHere(rpc_, context, "ReplaySchedule", response,
                    [&] { return Replay(*request, rpc_.engine.programs()); });
}

}  // namespace ipclab
