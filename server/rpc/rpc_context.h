// What every service needs: the engine, the strand to reach it, the gate, the register of calls,
// and the one way in for each shape of rpc.
#pragma once

#include <memory>
#include <utility>

#include "grpcpp/support/server_callback.h"
#include "server/engine.h"
#include "server/rpc/gate.h"
#include "server/rpc/live_calls.h"
#include "server/rpc/stream_call.h"
#include "server/rpc/unary_call.h"

namespace ipclab {

struct RpcContext {
  EventLoop& loop;
  Engine& engine;
  const Gate& gate;
  LiveCalls& calls;

  // Answers an rpc with what work gives to its reply callback. work runs on the strand, with the
  // engine to itself; it gets a callable that takes StatusOr<Response>.
  template <class Response, class Work>
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const char* method,
                                   Response* response, Work work) const {
    auto* const call = new UnaryCall<Response>(calls, method, response);
    const auto reply = call->reply();
    if (absl::Status status = gate.Check(*context); !status.ok()) {
      reply->Send(status);
    } else {
      loop.Post([work = std::move(work), reply]() mutable {
        work([reply](absl::StatusOr<Response> answer) { reply->Send(std::move(answer)); });
      });
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
    if (absl::Status status = gate.Check(*context); !status.ok()) {
      outlet->Finish(status);
    } else if (before >= engine.limits().max_watchers) {
      outlet->Finish(
          QuotaExceeded("watchers", "too many watches are open; close some", absl::Seconds(1)));
    } else {
      loop.Post([work = std::move(work), outlet]() mutable { work(outlet); });
    }
    return call;
  }
};

}  // namespace ipclab
