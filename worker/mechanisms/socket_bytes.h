// A channel over a socket that carries bytes without borders. Used by unix_stream, tcp and tcp6;
// see worker/channel.h for who may call it.
//
// All messages of a channel have one size, so the borders are known. Where others may write to the
// same port one has to make sure: with a prefix, each message goes behind its length in network
// order, in the same call, and a length that is not ours is EBADMSG.
#pragma once

#include <sys/socket.h>

#include <memory>
#include <string_view>

#include "common/unique_fd.h"
#include "worker/channel.h"
#include "worker/mechanisms/socket_opening.h"

namespace ipclab {

struct ByteSocketKind {
  std::string_view id;  // for messages
  bool prefix;          // the length goes before each message
  bool is_tcp;          // the room to send is counted as TCP does
};

class ByteSocketChannel final : public Channel {
 public:
  // kind must outlive this.
  ByteSocketChannel(const ByteSocketKind& kind, UniqueFd socket, size_t message_bytes);
  ByteSocketChannel(const ByteSocketKind& kind, SocketOpening opening, size_t message_bytes);

  absl::Status Connect() override;
  IoStatus Send(std::span<const std::byte> message) override;
  IoStatus Receive(std::span<std::byte> message) override;
  IoStatus TrySend(std::span<const std::byte> message) override;
  IoStatus TryReceive(std::span<std::byte> message) override;
  int ReadableDescriptor() const override { return socket_.get(); }
  absl::StatusOr<int64_t> Depth() const override;

 private:
  // One call for the frame: length, if there is a prefix, and message.
  ssize_t SendFrame(std::span<const std::byte> message, int flags);
  ssize_t ReceiveFrame(std::span<std::byte> message, int flags);

  // What is left of a frame after its first bytes.
  IoStatus SendRest(std::span<const std::byte> message, size_t sent);
  // Takes what is there of a frame into part_, of which some may be there already, and the message
  // out of it once it is whole.
  IoStatus ReceiveRest(std::span<std::byte> message, int flags);
  // The first bytes of a frame came into message; they go to part_.
  void KeepPart(std::span<const std::byte> message, size_t got);

  // True when a whole frame has room; kWouldBlock or an error when not.
  IoStatus LookForRoom();
  IoStatus Explain(int error);

  const ByteSocketKind& kind_;
  UniqueFd socket_;
  SocketOpening opening_;  // until it is connected; none where it always was
  const size_t prefix_bytes_;
  const size_t frame_bytes_;
  const uint32_t length_;  // as it is sent
  uint32_t received_length_ = 0;
  // A frame of which a part came: TryReceive has taken it from the kernel, or a message larger than
  // the receiver's buffer would never be there as a whole.
  const std::unique_ptr<std::byte[]> part_;
  size_t part_bytes_ = 0;
};

}  // namespace ipclab
