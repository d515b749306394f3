// A channel over a socket that keeps the borders of messages: one call is one message. Used by
// unix_dgram, unix_seqpacket, udp and udp6; see worker/channel.h for who may call it.
#pragma once

#include <string_view>

#include "common/unique_fd.h"
#include "worker/channel.h"
#include "worker/mechanisms/socket_opening.h"

namespace ipclab {

// What differs among them.
struct RecordSocketKind {
  std::string_view id;     // for messages
  bool tells_of_end;       // an empty record is the other end's end
  bool skips_foreign;      // a record of another size is somebody else's: not an error
  bool counts_what_waits;  // FIONREAD tells of all that waits, not of the next record alone
};

class RecordSocketChannel final : public Channel {
 public:
  // kind must outlive this.
  RecordSocketChannel(const RecordSocketKind& kind, UniqueFd socket, size_t message_bytes);
  RecordSocketChannel(const RecordSocketKind& kind, SocketOpening opening, size_t message_bytes);

  absl::Status Connect() override;
  IoStatus Send(std::span<const std::byte> message) override;
  IoStatus Receive(std::span<std::byte> message) override;
  IoStatus TrySend(std::span<const std::byte> message) override;
  IoStatus TryReceive(std::span<std::byte> message) override;
  int ReadableDescriptor() const override { return socket_.get(); }
  absl::StatusOr<int64_t> Depth() const override;

 private:
  IoStatus SendBy(std::span<const std::byte> message, int flags);
  IoStatus ReceiveBy(std::span<std::byte> message, int flags);
  // What a call that did not carry a whole message means; kOk: call again.
  IoStatus Explain(ssize_t carried);

  const RecordSocketKind& kind_;
  UniqueFd socket_;
  SocketOpening opening_;  // until it is connected; none where it always was
  const size_t message_bytes_;
};

}  // namespace ipclab
