// A server-streaming rpc as an Outlet: one write in flight, finished exactly once.
//
// gRPC deletes the reactor once it is done; the outlet, which the engine holds, outlives it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "grpcpp/support/server_callback.h"
#include "server/errors.h"
#include "server/feeds/outlet.h"
#include "server/rpc/live_calls.h"

namespace ipclab {

template <class Message>
class StreamCall final : public grpc::ServerWriteReactor<Message> {
 public:
  class StreamOutlet final : public Outlet<Message> {
   public:
    explicit StreamOutlet(StreamCall* call) : call_(call) {}

    void OnChange(std::function<void()> on_change) override {
      std::lock_guard lock(mutex_);
      on_change_ = std::move(on_change);
    }
    bool Idle() const override {
      std::lock_guard lock(mutex_);
      return call_ && !writing_ && !finish_;
    }
    bool Closed() const override {
      std::lock_guard lock(mutex_);
      return !call_ || finish_;
    }
    void Write(Message message) override {
      std::lock_guard lock(mutex_);
      if (!call_ || writing_ || finish_) return;
      writing_ = true;
      message_ = std::move(message);
      call_->StartWrite(&message_);
    }
    void Finish(const absl::Status& status) override {
      std::lock_guard lock(mutex_);
      if (!call_ || finish_) return;
      finish_ = ToGrpc(status);
      if (!writing_) FinishNow();
    }

   private:
    friend StreamCall;

    void OnWritten(bool ok) {
      std::function<void()> on_change;
      {
        std::lock_guard lock(mutex_);
        writing_ = false;
        if (!ok && !finish_) finish_ = grpc::Status::CANCELLED;
        if (finish_) FinishNow();
        on_change = on_change_;
      }
      if (on_change) on_change();
    }
    // A write in flight comes back by itself when the client is gone.
    void OnCancelled() {
      std::function<void()> on_change;
      {
        std::lock_guard lock(mutex_);
        if (!finish_) finish_ = grpc::Status::CANCELLED;
        if (!writing_) FinishNow();
        on_change = on_change_;
      }
      if (on_change) on_change();
    }
    void FinishNow() {
      if (StreamCall* const call = std::exchange(call_, nullptr)) call->Finish(*finish_);
    }

    mutable std::mutex mutex_;  // guards what follows; on_change_ is called without it
    StreamCall* call_;          // null once finished: gRPC may delete it at any moment then
    bool writing_ = false;
    std::optional<grpc::Status> finish_;
    Message message_;  // in flight
    std::function<void()> on_change_;
  };

  StreamCall(LiveCalls& calls, const char* method)
      : token_(calls, method), outlet_(std::make_shared<StreamOutlet>(this)) {}

  std::shared_ptr<StreamOutlet> outlet() const { return outlet_; }

 private:
  void OnWriteDone(bool ok) override {
    const std::shared_ptr<StreamOutlet> outlet = outlet_;
    outlet->OnWritten(ok);
  }
  void OnCancel() override {
    const std::shared_ptr<StreamOutlet> outlet = outlet_;
    outlet->OnCancelled();
  }
  void OnDone() override { delete this; }

  LiveCalls::Token token_;
  const std::shared_ptr<StreamOutlet> outlet_;
};

}  // namespace ipclab
