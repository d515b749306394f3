#include "common/message_socket.h"

#include <fcntl.h>
#include <google/protobuf/message_lite.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"

namespace ipclab {
namespace {

// Room for control data with all descriptors of one message.
struct ControlBuffer {
  alignas(cmsghdr) char bytes[CMSG_SPACE(MessageSocket::kMaxDescriptors * sizeof(int))];
};

// Makes one message of kMaxMessageBytes fit. The kernel doubles the figure for its own overhead and
// cuts it to net.core.wmem_max without the privilege to go beyond; Linux's default limit, 208 KiB,
// is enough. The buffer that counts is the sender's: Unix sockets have none on the other side.
absl::Status EnlargeSendBuffer(int fd) {
  const int wanted = 2 * MessageSocket::kMaxMessageBytes;
  if (::setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &wanted, sizeof(wanted)) != 0 &&
      ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &wanted, sizeof(wanted)) != 0) {
    return ErrnoStatus("setsockopt", "SO_SNDBUF");
  }
  int granted = 0;
  socklen_t length = sizeof(granted);
  if (::getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &granted, &length) != 0) {
    return ErrnoStatus("getsockopt", "SO_SNDBUF");
  }
  // unix(7) sockets refuse a datagram of more than the buffer less 32 bytes.
  constexpr int kNeeded = MessageSocket::kMaxMessageBytes + 32;
  if (granted < kNeeded) {
    return absl::ResourceExhaustedError(absl::StrCat("setsockopt SO_SNDBUF: granted ", granted,
                                                     " bytes of the ", kNeeded,
                                                     " needed; raise net.core.wmem_max"));
  }
  return absl::OkStatus();
}

absl::Status CheckSendable(size_t bytes, size_t descriptors) {
  if (bytes == 0) return absl::InvalidArgumentError("sendmsg: an empty message");
  if (bytes > MessageSocket::kMaxMessageBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "sendmsg: a message of ", bytes, " bytes; at most ", MessageSocket::kMaxMessageBytes));
  }
  if (descriptors > MessageSocket::kMaxDescriptors) {
    return absl::InvalidArgumentError(absl::StrCat(
        "sendmsg: ", descriptors, " descriptors; at most ", MessageSocket::kMaxDescriptors));
  }
  return absl::OkStatus();
}

absl::Status SendError(int error) {
  switch (error) {
    case EAGAIN:
      return absl::ResourceExhaustedError("sendmsg: the socket is full");
    case EPIPE:
    case ECONNRESET:
    case ENOTCONN:
      return absl::UnavailableError("sendmsg: the peer is gone");
    default:
      return ErrnoStatus("sendmsg", {}, error);
  }
}

// Owns every descriptor that came with the message, whatever else is wrong with it.
std::vector<UniqueFd> TakeDescriptors(msghdr& header) {
  std::vector<UniqueFd> taken;
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    std::array<int, MessageSocket::kMaxDescriptors> fds;
    const size_t bytes = c->cmsg_len - CMSG_LEN(0);
    std::memcpy(fds.data(), CMSG_DATA(c), bytes);
    taken.reserve(bytes / sizeof(int));
    for (size_t i = 0; i < bytes / sizeof(int); ++i) taken.emplace_back(fds[i]);
  }
  return taken;
}

// One per thread and never cleared: only the pages that messages really fill are ever touched.
char* ReceiveBuffer() {
  thread_local const std::unique_ptr<char[]> buffer =
      std::make_unique_for_overwrite<char[]>(MessageSocket::kMaxMessageBytes);
  return buffer.get();
}

}  // namespace

absl::Status MessageSocket::Received::Parse(google::protobuf::MessageLite& message) const {
  if (message.ParseFromString(bytes)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("parse ", message.GetTypeName(), ": ", bytes.size(), " bytes are not one"));
}

absl::StatusOr<std::pair<MessageSocket, MessageSocket>> MessageSocket::Pair() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0) {
    return ErrnoStatus("socketpair", "SOCK_SEQPACKET");
  }
  std::pair<MessageSocket, MessageSocket> ends{MessageSocket(UniqueFd(fds[0])),
                                               MessageSocket(UniqueFd(fds[1]))};
  for (const int fd : fds) {
    if (absl::Status status = EnlargeSendBuffer(fd); !status.ok()) return status;
  }
  return ends;
}

absl::Status MessageSocket::Send(std::string_view bytes, std::span<const int> descriptors) {
  if (absl::Status status = CheckSendable(bytes.size(), descriptors.size()); !status.ok()) {
    return status;
  }
  iovec data = {const_cast<char*>(bytes.data()), bytes.size()};
  msghdr header = {};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  ControlBuffer control;
  if (!descriptors.empty()) {
    // The padding after the last descriptor must not leak what the stack held.
    std::memset(control.bytes, 0, CMSG_SPACE(descriptors.size_bytes()));
    header.msg_control = control.bytes;
    header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* const rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size_bytes());
  }
  ssize_t sent;
  do {
    sent = ::sendmsg(fd_.get(), &header, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent < 0 ? SendError(errno) : absl::OkStatus();
}

absl::Status MessageSocket::Send(const google::protobuf::MessageLite& message,
                                 std::span<const int> descriptors) {
  std::string bytes;
  if (!message.SerializeToString(&bytes)) {
    return absl::InvalidArgumentError(absl::StrCat("serialize ", message.GetTypeName()));
  }
  return Send(bytes, descriptors);
}

absl::StatusOr<std::optional<MessageSocket::Received>> MessageSocket::Receive() {
  iovec data = {ReceiveBuffer(), kMaxMessageBytes};
  ControlBuffer control;
  msghdr header = {};
  ssize_t length;
  do {
    header.msg_iov = &data;
    header.msg_iovlen = 1;
    header.msg_control = control.bytes;
    header.msg_controllen = sizeof(control.bytes);
    length = ::recvmsg(fd_.get(), &header, MSG_CMSG_CLOEXEC);
    // A peer that closes with messages of ours unread resets the connection. The kernel says so
    // once, ahead of what the peer itself had sent; its last words are still there to be read.
  } while (length < 0 && (errno == EINTR || errno == ECONNRESET));
  if (length < 0) {
    if (errno == EAGAIN) return std::nullopt;
    if (errno == ENOTCONN) return absl::UnavailableError("recvmsg: not connected");
    return ErrnoStatus("recvmsg");
  }
  std::vector<UniqueFd> descriptors = TakeDescriptors(header);
  if ((header.msg_flags & MSG_CTRUNC) != 0) {
    return absl::DataLossError("recvmsg: descriptors were cut off");
  }
  if ((header.msg_flags & MSG_TRUNC) != 0) {
    return absl::DataLossError(
        absl::StrCat("recvmsg: a message of more than ", kMaxMessageBytes, " bytes was cut"));
  }
  if (length == 0) return absl::UnavailableError("recvmsg: the peer is gone");
  return Received{std::string(static_cast<char*>(data.iov_base), static_cast<size_t>(length)),
                  std::move(descriptors)};
}

absl::StatusOr<MessageSocket::Received> MessageSocket::ReceiveBlocking() {
  absl::StatusOr<std::optional<Received>> received = Receive();
  if (!received.ok()) return received.status();
  if (!received->has_value()) {
    return absl::FailedPreconditionError("recvmsg: the socket is non-blocking and empty");
  }
  return **std::move(received);
}

absl::Status MessageSocket::SetNonBlocking(bool on) {
  const int flags = ::fcntl(fd_.get(), F_GETFL);
  if (flags < 0) return ErrnoStatus("fcntl", "F_GETFL");
  if (::fcntl(fd_.get(), F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) != 0) {
    return ErrnoStatus("fcntl", "F_SETFL O_NONBLOCK");
  }
  return absl::OkStatus();
}

}  // namespace ipclab
