// An Outlet without gRPC: the test is the client that takes each message, or does not.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/feeds/outlet.h"
#include "tests/server/patience.h"

namespace ipclab {

template <class Message>
class FakeOutlet final : public Outlet<Message> {
 public:
  void OnChange(std::function<void()> on_change) override { on_change_ = std::move(on_change); }

  bool Idle() const override {
    const std::lock_guard lock(mutex_);
    return !in_flight_ && !finished_ && !gone_;
  }
  bool Closed() const override {
    const std::lock_guard lock(mutex_);
    return finished_ || gone_;
  }
  void Write(Message message) override {
    EXPECT_TRUE(Idle()) << "written while another one was in flight";
    {
      const std::lock_guard lock(mutex_);
      in_flight_ = true;
    }
    written_.Put(std::move(message));
  }
  void Finish(const absl::Status& status) override {
    const std::lock_guard lock(mutex_);
    if (!finished_) finished_ = status;
  }

  // The next message, which stays in flight; nullopt, with a failure, when none comes.
  std::optional<Message> Await() { return written_.Take(); }
  bool HasWritten() const { return !written_.empty(); }

  // The message in flight has arrived: the outlet turns idle, and says so.
  void Deliver() {
    TurnIdle();
    TellChange();
  }
  // Apart, for what happens between them.
  void TurnIdle() {
    const std::lock_guard lock(mutex_);
    in_flight_ = false;
  }
  void TellChange() const { on_change_(); }

  // Takes the next message and lets it arrive.
  std::optional<Message> Take() {
    std::optional<Message> message = Await();
    if (message) Deliver();
    return message;
  }

  // The client goes away.
  void GoAway() {
    {
      const std::lock_guard lock(mutex_);
      gone_ = true;
    }
    on_change_();
  }

  // How the stream was ended; nullopt while it was not.
  std::optional<absl::Status> finished() const {
    const std::lock_guard lock(mutex_);
    return finished_;
  }

 private:
  std::function<void()> on_change_;
  Mailbox<Message> written_;
  mutable std::mutex mutex_;  // guards what follows
  bool in_flight_ = false;
  bool gone_ = false;
  std::optional<absl::Status> finished_;
};

}  // namespace ipclab
