// DriveExperiment as a reactor: reads a command, has the drive answer it, writes the answer, reads
// the next. Finished exactly once.
//
// gRPC deletes the reactor once it is done; the line, which replies hold, outlives it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "grpcpp/support/server_callback.h"
#include "server/drive.h"
#include "server/errors.h"
#include "server/event_loop.h"
#include "server/rpc/live_calls.h"

namespace ipclab {

class DriveCall final
    : public grpc::ServerBidiReactor<v1::DriveExperimentRequest, v1::DriveExperimentResponse> {
 public:
  // Who takes a command waits so long for its answer itself: that of a short step.
  static constexpr absl::Duration kShortStep = absl::Microseconds(200);

  // What replies and the server's stop reach the call by.
  class Line {
   public:
    explicit Line(DriveCall* call) : call_(call) {}

    // Answers the command that was taken. An error ends the call.
    void Send(absl::StatusOr<v1::DriveExperimentResponse> answer) {
      answered_.store(true, std::memory_order_release);
      if (!answer.ok()) return Finish(answer.status());
      std::lock_guard lock(mutex_);
      if (!call_ || finish_) return;
      response_ = *std::move(answer);
      writing_ = true;
      call_->StartWrite(&response_);
    }

    void Finish(const absl::Status& status) {
      std::lock_guard lock(mutex_);
      if (!call_ || finish_) return;
      finish_ = ToGrpc(status);
      if (!writing_) FinishNow();
    }

   private:
    friend DriveCall;

    // True when there is a command to be taken.
    bool OnRead(bool ok) {
      std::lock_guard lock(mutex_);
      if (!call_ || finish_) return false;
      answered_.store(!ok, std::memory_order_release);
      if (ok) return true;
      finish_ = grpc::Status::OK;
      FinishNow();
      return false;
    }
    // Reads the next command. Only now, and on gRPC's thread: before the answer is out gRPC would
    // open its window by a write of its own, and wake the client twice; and who answered has better
    // things to do.
    void OnWritten(bool ok) {
      std::lock_guard lock(mutex_);
      writing_ = false;
      if (!ok && !finish_) finish_ = grpc::Status::CANCELLED;
      if (finish_) return FinishNow();
      call_->StartRead(&request_);
    }
    void OnCancelled() {
      std::lock_guard lock(mutex_);
      if (!finish_) finish_ = grpc::Status::CANCELLED;
      if (!writing_) FinishNow();
    }
    void FinishNow() {
      if (DriveCall* const call = std::exchange(call_, nullptr)) call->Finish(*finish_);
    }

    std::mutex mutex_;  // guards what follows
    DriveCall* call_;   // null once finished: gRPC may delete it at any moment then
    bool writing_ = false;
    std::optional<grpc::Status> finish_;
    v1::DriveExperimentRequest request_;
    v1::DriveExperimentResponse response_;

    std::atomic<bool> answered_ = false;  // the newest command
  };

  DriveCall(LiveCalls& calls, const char* method, EventLoop& loop, Engine& engine)
      : token_(calls, method),
        loop_(loop),
        engine_(engine),
        line_(std::make_shared<Line>(this)),
        drive_(std::make_shared<Drive>(engine)) {}

  // Refuses the call.
  void Refuse(const absl::Status& status) { line_->Finish(status); }

  // Takes the first command.
  void Begin() {
    loop_.Post([&engine = engine_, line = line_] {
      engine.AtStop(line, [line](const absl::Status& status) { line->Finish(status); });
    });
    StartRead(&line_->request_);
  }

 private:
  void OnReadDone(bool ok) override {
    const std::shared_ptr<Line> line = line_;
    EventLoop& loop = loop_;
    if (!line->OnRead(ok)) return;
    TakeCommand(loop, line, drive_);
    loop.Help(kShortStep, line->answered_);
  }
  void OnWriteDone(bool ok) override {
    const std::shared_ptr<Line> line = line_;  // once it has finished the call, this may be gone
    line->OnWritten(ok);
  }
  void OnCancel() override {
    cancelled_ = true;
    const std::shared_ptr<Line> line = line_;
    line->OnCancelled();
  }
  void OnDone() override {
    loop_.Post([&engine = engine_, line = line_, drive = drive_, orderly = !cancelled_] {
      engine.ForgetAtStop(line);
      drive->End(orderly);
    });
    delete this;
  }

  static void TakeCommand(EventLoop& loop, const std::shared_ptr<Line>& line,
                          const std::shared_ptr<Drive>& drive) {
    loop.Post([line, drive] {
      drive->Take(std::move(line->request_),
                  [line](absl::StatusOr<v1::DriveExperimentResponse> answer) {
                    line->Send(std::move(answer));
                  });
    });
  }

  LiveCalls::Token token_;
  EventLoop& loop_;
  Engine& engine_;
  const std::shared_ptr<Line> line_;
  const std::shared_ptr<Drive> drive_;
  std::atomic<bool> cancelled_ = false;  // OnCancel may run beside the other callbacks
};

}  // namespace ipclab
