// A unary rpc that is answered later, from any thread.
//
// gRPC deletes the reactor once it is finished, and may cancel it at any moment; the reply holder
// outlives it and makes sure that Finish is called exactly once, whoever comes first.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/statusor.h"
#include "grpcpp/support/server_callback.h"
#include "server/errors.h"
#include "server/rpc/live_calls.h"

namespace ipclab {

template <class Response>
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  // What the engine's reply callback holds.
  class Reply {
   public:
    Reply(UnaryCall* call, Response* response) : call_(call), response_(response) {}

    // True once it was answered, or nobody waits for it any more.
    const std::atomic<bool>& answered() const { return answered_; }

    // The first call answers; later ones do nothing.
    void Send(absl::StatusOr<Response> answer) {
      UnaryCall* const call = Take();
      if (!call) return;
      const grpc::Status status = ToGrpc(answer.status());
      if (answer.ok()) *response_ = *std::move(answer);
      call->Finish(status);
    }

   private:
    // The call is there until whoever took it has finished it. No lock is held while it does: a
    // cancellation that gRPC finds out meanwhile comes on this very thread.
    UnaryCall* Take() {
      std::lock_guard lock(mutex_);
      answered_.store(true, std::memory_order_release);
      return std::exchange(call_, nullptr);
    }

    std::atomic<bool> answered_ = false;
    std::mutex mutex_;  // guards call_
    UnaryCall* call_;   // null once taken: gRPC may delete it at any moment then
    Response* const response_;
  };

  UnaryCall(LiveCalls& calls, const char* method, Response* response)
      : token_(calls, method), reply_(std::make_shared<Reply>(this, response)) {}

  // To be taken before the handler's work can begin on another thread.
  std::shared_ptr<Reply> reply() const { return reply_; }

 private:
  void OnCancel() override {
    // What was asked for goes on; only the answer has nobody to go to.
    const std::shared_ptr<Reply> reply = reply_;
    reply->Send(absl::CancelledError("the client went away"));
  }
  void OnDone() override { delete this; }
  // Neither of them takes long or waits, so gRPC need not wake a thread of its executor for each:
  // it would take a CPU from the next call.
  bool InternalInlineable() override { return true; }

  LiveCalls::Token token_;
  const std::shared_ptr<Reply> reply_;
};

}  // namespace ipclab
