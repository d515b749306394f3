// What pipe, fifo and vmsplice have in common: making a pipe of a capacity, and a channel over the
// ends of one or two.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/unique_fd.h"
#include "worker/channel.h"
#include "worker/mechanism.h"

namespace ipclab {

struct PipeEnds {
  UniqueFd read;
  UniqueFd write;
};

// Fails with RESOURCE_EXHAUSTED where the kernel gives less than this capacity in bytes.
absl::StatusOr<PipeEnds> MakePipe(int64_t capacity);

// The same for one that is there, of a FIFO too.
absl::Status GiveRoom(int end, int64_t capacity, std::string_view id);

// What the records of a program's channel need to find room.
int64_t CapacityForRecords(const ChannelSpec& spec);

// What the option says; more where the records of a program's channel would find no room.
int64_t CapacityFor(const ChannelSpec& spec);

// Adds the option that says how much a pipe holds, and the limits that it lies within.
void DescribePipeCapacity(Probe& probe);

// The bytes that one buffer of a pipe holds: a pipe is full when its buffers are taken, however
// little is in them.
int64_t PipePage();

// The blocking forms are single calls in the common case: a read takes what is there and a blocking
// write returns when all is in, so only signals and messages above the capacity come in parts.
class PipeChannel final : public Channel {
 public:
  // Reads from one pipe and writes to another; either may be missing. until_connected is closed by
  // Connect: a reader of one's own that kept a FIFO open until the other end's was there.
  PipeChannel(UniqueFd read, UniqueFd write, UniqueFd until_connected = UniqueFd());

  absl::Status Connect() override;
  IoStatus Send(std::span<const std::byte> message) override;
  IoStatus Receive(std::span<std::byte> message) override;
  IoStatus TrySend(std::span<const std::byte> message) override;
  IoStatus TryReceive(std::span<std::byte> message) override;
  int ReadableDescriptor() const override { return read_.get(); }
  absl::StatusOr<int64_t> Depth() const override;

 private:
  UniqueFd read_;   // none when this end only sends
  UniqueFd write_;  // none when it only receives
  UniqueFd until_connected_;
  int64_t slots_ = 0;  // of the pipe that is written to
  int64_t holds_ = 0;  // bytes at most in the one that is read
};

}  // namespace ipclab
