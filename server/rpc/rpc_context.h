// What every service needs: the engine, the strand to reach it, the gate, the register of calls,
// and the one way in for each shape of rpc.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "grpcpp/support/server_callback.h"
#include "server/engine.h"
#include "server/rpc/drive_call.h"
#include "server/rpc/live_calls.h"
#include "server/rpc/stream_call.h"
#include "server/rpc/unary_call.h"
#include "server/security/gate.h"

namespace ipclab {

struct RpcContext {
  EventLoop& loop;
  Engine& engine;
  const Gate& gate;
  LiveCalls& calls;

  // Answers an rpc with what work gives to its reply callback. work runs on the strand, with the
  // engine to itself; it gets a callable that takes StatusOr<Response>, and if it wants one more
  // argument, the v1::Principal who calls. What most often takes no longer than patience is waited
  // for, with the loop's work meanwhile: the answer needs no other thread then.
  template <class Response, class Work>
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const char* method,
                                   Response* response, Work work,
                                   absl::Duration patience = absl::ZeroDuration()) const {
    auto* const call = new UnaryCall<Response>(calls, method, response);
    const auto reply = call->reply();
    absl::StatusOr<v1::Principal> caller = gate.Check(*context, method);
    if (!caller.ok()) {
      reply->Send(caller.status());
    } else {
      loop.Post([work = std::move(work), reply, caller = *std::move(caller)]() mutable {
        auto send = [reply](absl::StatusOr<Response> answer) { reply->Send(std::move(answer)); };
        if constexpr (std::is_invocable_v<Work&, decltype(send), const v1::Principal&>) {
          work(std::move(send), std::as_const(caller));
        } else {
          work(std::move(send));
        }
      });
      if (patience > absl::ZeroDuration()) loop.Help(patience, reply->answered());
    }
    return call;
  }

  // Streams what work writes to the outlet that it is given. work runs on the strand.
  template <class Message, class Work>
  grpc::ServerWriteReactor<Message>* Stream(grpc::CallbackServerContext* context,
                                            const char* method, Work work) const {
    const int before = calls.Of(method);
    auto* const call = new StreamCall<Message>(calls, method);
    const auto outlet = call->outlet();
    if (const auto caller = gate.Check(*context, method); !caller.ok()) {
      outlet->Finish(caller.status());
    } else if (before >= engine.limits().max_watchers) {
      outlet->Finish(
          QuotaExceeded("watchers", "too many watches are open; close some", absl::Seconds(1)));
    } else {
      loop.Post([work = std::move(work), outlet]() mutable { work(outlet); });
    }
    return call;
  }

  // Takes commands for one experiment until the client has no more.
  DriveCall* Drive(grpc::CallbackServerContext* context, const char* method) const {
    const int before = calls.Of(method);
    auto* const call = new DriveCall(calls, method, loop, engine);
    if (const auto caller = gate.Check(*context, method); !caller.ok()) {
      call->Refuse(caller.status());
    } else if (before >= engine.limits().max_drives) {
      call->Refuse(
          QuotaExceeded("drives", "too many drives are open; close some", absl::Seconds(1)));
    } else {
      call->Begin();
    }
    return call;
  }
};

}  // namespace ipclab
