// One end of a pipe that more than two workers use: several may write to it, or read from it. Used
// by pipe and fifo; see worker/channel.h for who may call it.
//
// Nothing but PIPE_BUF keeps the messages apart: a write of no more goes in whole or not at all.
// What one end looked at may be gone when it acts, taken by another: so the forms that do not wait
// have an open file of their own for the same pipe, with O_NONBLOCK, and act without looking.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "common/unique_fd.h"
#include "worker/channel.h"
#include "worker/mechanism.h"

namespace ipclab {

class SharedPipeChannel final : public Channel {
 public:
  // INVALID_ARGUMENT where messages are larger than PIPE_BUF.
  static absl::Status Check(const ChannelSpec& spec);

  // Both ends of the pipe must be open somewhere. on_connect: what the host does once all have
  // joined; may be empty.
  static absl::StatusOr<std::unique_ptr<Channel>> Make(
      const ChannelSpec& spec, UniqueFd end, std::function<absl::Status()> on_connect = nullptr);

  absl::Status Connect() override;
  IoStatus Send(std::span<const std::byte> message) override;
  IoStatus Receive(std::span<std::byte> message) override;
  IoStatus TrySend(std::span<const std::byte> message) override;
  IoStatus TryReceive(std::span<std::byte> message) override;
  int ReadableDescriptor() const override { return receives_ ? end_.get() : -1; }
  absl::StatusOr<int64_t> Depth() const override;

 private:
  SharedPipeChannel(UniqueFd end, UniqueFd trying, bool receives,
                    std::function<absl::Status()> on_connect);

  IoStatus Write(int end, std::span<const std::byte> message);
  IoStatus Read(int end, std::span<std::byte> message);

  UniqueFd end_;
  UniqueFd trying_;  // the same, with O_NONBLOCK
  const bool receives_;
  std::function<absl::Status()> on_connect_;
};

}  // namespace ipclab
