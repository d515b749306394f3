#include "server/rpc/program_service.h"

#include <random>
#include <utility>

#include "server/explore/expedition.h"
#include "server/explore/explore_plan.h"
#include "server/explore/schedule_answers.h"
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

// The same with a thread of its own, on which work takes the request.
template <class Request, class Response, class Work>
grpc::ServerUnaryReactor* AnswerAtDesk(const RpcContext& rpc, Desks& desks,
                                       grpc::CallbackServerContext* context, const char* method,
                                       const Request& request, Response* response, Work work) {
  auto* const call = new UnaryCall<Response>(rpc.calls, method, response);
  const auto reply = call->reply();
  absl::Status status = rpc.gate.Check(*context, method).status();
  if (status.ok()) {
    status = desks.Begin(std::stop_source(), [reply, request, work](const std::stop_token&) {
      return [reply, answer = work(request)] { reply->Send(answer); };
    });
  }
  if (!status.ok()) reply->Send(status);
  return call;
}

uint64_t DrawLot() {
  std::random_device random;
  return static_cast<uint64_t>(random()) << 32 | random();
}

}  // namespace

ProgramService::ProgramService(const RpcContext& rpc)
    : rpc_(rpc),
      start_runs_([&loop = rpc.loop, &engine = rpc.engine](const v1::ProgramSpec& program,
                                                           RunsReply reply) {
        loop.Post(
            [&engine, program, reply = std::move(reply)] { engine.StartRuns(program, reply); });
      }),
      desks_(rpc.engine.limits().max_explorations) {}

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
  return AnswerHere(rpc_, context, "ReplaySchedule", response, [&] {
    return Replay(*request, rpc_.engine.programs(), rpc_.engine.catalogue());
  });
}

grpc::ServerWriteReactor<v1::ExploreEvent>* ProgramService::ExploreProgram(
    grpc::CallbackServerContext* context, const v1::ExploreProgramRequest* request) {
  const char* const method = "ExploreProgram";  // the call keeps the pointer
  auto* const call = new StreamCall<v1::ExploreEvent>(rpc_.calls, method);
  const auto outlet = call->outlet();
  if (const auto caller = rpc_.gate.Check(*context, method); !caller.ok()) {
    outlet->Finish(caller.status());
    return call;
  }
  auto plan = ValidateExplore(*request, rpc_.engine.catalogue(), rpc_.engine.programs(),
                              rpc_.engine.limits(), DrawLot());
  if (plan.ok()) {
    BeginExploration(*std::move(plan), start_runs_, desks_, rpc_.loop, rpc_.engine, outlet);
  } else {
    outlet->Finish(plan.status());
  }
  return call;
}

grpc::ServerUnaryReactor* ProgramService::ShrinkSchedule(grpc::CallbackServerContext* context,
                                                         const v1::ShrinkScheduleRequest* request,
                                                         v1::ShrinkScheduleResponse* response) {
  return AnswerAtDesk(rpc_, desks_, context, "ShrinkSchedule", *request, response,
                      [&engine = rpc_.engine](const v1::ShrinkScheduleRequest& wanted) {
                        return ipclab::ShrinkSchedule(wanted, engine.programs(),
                                                      engine.catalogue());
                      });
}

grpc::ServerUnaryReactor* ProgramService::ExplainSchedule(grpc::CallbackServerContext* context,
                                                          const v1::ExplainScheduleRequest* request,
                                                          v1::ExplainScheduleResponse* response) {
  return AnswerAtDesk(rpc_, desks_, context, "ExplainSchedule", *request, response,
                      [&engine = rpc_.engine](const v1::ExplainScheduleRequest& wanted) {
                        return ipclab::ExplainSchedule(wanted, engine.programs(),
                                                       engine.catalogue());
                      });
}

}  // namespace ipclab
