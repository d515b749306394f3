// A SEQPACKET Unix socket that carries whole messages and descriptors: the control channel between
// server, zygote and workers.
//
// Not thread safe. Descriptors that are received are close-on-exec and owned from the first moment;
// none leaks when a message is refused.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/unique_fd.h"

namespace google::protobuf {
class MessageLite;
}

namespace ipclab {

class MessageSocket {
 public:
  // The largest message, and the most descriptors beside it (the kernel's SCM_MAX_FD is 253).
  static constexpr size_t kMaxMessageBytes = 160 * 1024;
  static constexpr size_t kMaxDescriptors = 128;

  struct Received {
    std::string bytes;
    std::vector<UniqueFd> descriptors;

    // Parses bytes; INVALID_ARGUMENT naming the message type when they are not one.
    absl::Status Parse(google::protobuf::MessageLite& message) const;
  };

  MessageSocket() = default;
  explicit MessageSocket(UniqueFd fd) : fd_(std::move(fd)) {}

  // Two connected ends, close-on-exec, blocking, with buffers that hold a message of
  // kMaxMessageBytes.
  static absl::StatusOr<std::pair<MessageSocket, MessageSocket>> Pair();

  // Sends one message whole; the descriptors are duplicated into it and stay the caller's. Never
  // raises SIGPIPE. UNAVAILABLE when the peer is gone; RESOURCE_EXHAUSTED when the socket is
  // non-blocking and full; INVALID_ARGUMENT when the message or the list is too large. Empty
  // messages are refused (they would read as the end).
  absl::Status Send(std::string_view bytes, std::span<const int> descriptors = {});
  absl::Status Send(const google::protobuf::MessageLite& message,
                    std::span<const int> descriptors = {});

  // Receives one message. UNAVAILABLE at the end (peer closed); nullopt when the socket is
  // non-blocking and nothing is there; DATA_LOSS when a message or its descriptors were cut.
  absl::StatusOr<std::optional<Received>> Receive();

  // Receive on a blocking socket.
  absl::StatusOr<Received> ReceiveBlocking();

  absl::Status SetNonBlocking(bool on);

  int fd() const { return fd_.get(); }
  explicit operator bool() const { return static_cast<bool>(fd_); }
  void Close() { fd_.Reset(); }

 private:
  UniqueFd fd_;
};

}  // namespace ipclab
