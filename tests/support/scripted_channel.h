// A channel that passes everything on to a real one, for scripted mechanisms to interfere.
#pragma once

#include <memory>
#include <utility>

#include "worker/channel.h"

namespace ipclab {

class ScriptedChannel : public Channel {
 public:
  explicit ScriptedChannel(std::unique_ptr<Channel> real) : real_(std::move(real)) {}

  IoStatus Send(std::span<const std::byte> message) override { return Pass(real_->Send(message)); }
  IoStatus Receive(std::span<std::byte> message) override { return Pass(real_->Receive(message)); }
  IoStatus TrySend(std::span<const std::byte> message) override {
    return Pass(real_->TrySend(message));
  }
  IoStatus TryReceive(std::span<std::byte> message) override {
    return Pass(real_->TryReceive(message));
  }
  absl::StatusOr<int64_t> Depth() const override { return real_->Depth(); }

 private:
  IoStatus Pass(IoStatus status) {
    return status == IoStatus::kError ? Fail(real_->error()) : status;
  }

  std::unique_ptr<Channel> real_;
};

}  // namespace ipclab
