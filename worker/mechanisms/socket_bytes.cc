#include "worker/mechanisms/socket_bytes.h"

#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "common/errno_status.h"
#include "worker/mechanisms/socket_status.h"

namespace ipclab {
namespace {

// What the kernel counts beside the bytes themselves, never less than it does: a buffer's head for
// each part that it makes of a message, and pages that are not full.
constexpr int64_t kPartBytes = 16384;
constexpr int64_t kPartOverhead = 4096;

}  // namespace

ByteSocketChannel::ByteSocketChannel(const ByteSocketKind& kind, UniqueFd socket,
                                     size_t message_bytes)
    : kind_(kind),
      socket_(std::move(socket)),
      prefix_bytes_(kind.prefix ? sizeof length_ : 0),
      frame_bytes_(prefix_bytes_ + message_bytes),
      length_(htonl(static_cast<uint32_t>(message_bytes))),
      part_(std::make_unique_for_overwrite<std::byte[]>(frame_bytes_)) {}

ByteSocketChannel::ByteSocketChannel(const ByteSocketKind& kind, SocketOpening opening,
                                     size_t message_bytes)
    : ByteSocketChannel(kind, UniqueFd(), message_bytes) {
  opening_ = std::move(opening);
}

absl::Status ByteSocketChannel::Connect() {
  if (!opening_) return absl::OkStatus();
  auto opened = opening_();
  opening_ = nullptr;
  if (!opened.ok()) return opened.status();
  socket_ = *std::move(opened);
  return absl::OkStatus();
}

// A blocking send returns when all is in, and MSG_WAITALL when all is there: only signals cut.
IoStatus ByteSocketChannel::Send(std::span<const std::byte> message) {
  while (true) {
    const ssize_t sent = SendFrame(message, MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(frame_bytes_)) [[likely]] {
      return IoStatus::kOk;
    }
    if (sent >= 0) return SendRest(message, static_cast<size_t>(sent));
    if (errno != EINTR) return Explain(errno);
  }
}

IoStatus ByteSocketChannel::Receive(std::span<std::byte> message) {
  if (part_bytes_ != 0) [[unlikely]] {
    return ReceiveRest(message, MSG_WAITALL);
  }
  while (true) {
    const ssize_t got = ReceiveFrame(message, MSG_WAITALL);
    if (got == static_cast<ssize_t>(frame_bytes_)) [[likely]] {
      return received_length_ == length_ || prefix_bytes_ == 0 ? IoStatus::kOk : Fail(EBADMSG);
    }
    if (got > 0) {
      KeepPart(message, static_cast<size_t>(got));
      return ReceiveRest(message, MSG_WAITALL);
    }
    if (got == 0) return IoStatus::kPeerClosed;
    if (errno != EINTR) return Explain(errno);
  }
}

// Room is proven first: MSG_DONTWAIT alone would let a message go in by half. This end is the only
// sender: room that is there stays there, unless the kernel as a whole runs short of memory. Then
// the rest waits, for half a message would be worse.
IoStatus ByteSocketChannel::TrySend(std::span<const std::byte> message) {
  if (const IoStatus room = LookForRoom(); room != IoStatus::kOk) return room;
  const ssize_t sent = SendFrame(message, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent == static_cast<ssize_t>(frame_bytes_)) return IoStatus::kOk;
  if (sent > 0) return SendRest(message, static_cast<size_t>(sent));
  return Explain(errno);
}

IoStatus ByteSocketChannel::TryReceive(std::span<std::byte> message) {
  if (part_bytes_ != 0) [[unlikely]] {
    return ReceiveRest(message, MSG_DONTWAIT);
  }
  const ssize_t got = ReceiveFrame(message, MSG_DONTWAIT);
  if (got == static_cast<ssize_t>(frame_bytes_)) [[likely]] {
    return received_length_ == length_ || prefix_bytes_ == 0 ? IoStatus::kOk : Fail(EBADMSG);
  }
  if (got == 0) return IoStatus::kPeerClosed;
  if (got < 0) return Explain(errno);
  KeepPart(message, static_cast<size_t>(got));
  return ReceiveRest(message, MSG_DONTWAIT);
}

absl::StatusOr<int64_t> ByteSocketChannel::Depth() const {
  int bytes = 0;
  if (::ioctl(socket_.get(), FIONREAD, &bytes) != 0) {
    return ErrnoStatus("ioctl FIONREAD", kind_.id);
  }
  return bytes + static_cast<int64_t>(part_bytes_);
}

ssize_t ByteSocketChannel::SendFrame(std::span<const std::byte> message, int flags) {
  if (prefix_bytes_ == 0) return ::send(socket_.get(), message.data(), message.size(), flags);
  std::array<iovec, 2> parts = {{{const_cast<uint32_t*>(&length_), sizeof length_},
                                 {const_cast<std::byte*>(message.data()), message.size()}}};
  msghdr frame = {};
  frame.msg_iov = parts.data();
  frame.msg_iovlen = parts.size();
  return ::sendmsg(socket_.get(), &frame, flags);
}

ssize_t ByteSocketChannel::ReceiveFrame(std::span<std::byte> message, int flags) {
  if (prefix_bytes_ == 0) return ::recv(socket_.get(), message.data(), message.size(), flags);
  std::array<iovec, 2> parts = {
      {{&received_length_, sizeof received_length_}, {message.data(), message.size()}}};
  msghdr frame = {};
  frame.msg_iov = parts.data();
  frame.msg_iovlen = parts.size();
  return ::recvmsg(socket_.get(), &frame, flags);
}

IoStatus ByteSocketChannel::SendRest(std::span<const std::byte> message, size_t sent) {
  while (sent < frame_bytes_) {
    const bool in_prefix = sent < prefix_bytes_;
    const std::span<const std::byte> left =
        in_prefix ? std::as_bytes(std::span(&length_, 1)).subspan(sent)
                  : message.subspan(sent - prefix_bytes_);
    const ssize_t more =
        ::send(socket_.get(), left.data(), left.size(), MSG_NOSIGNAL | (in_prefix ? MSG_MORE : 0));
    if (more >= 0) {
      sent += static_cast<size_t>(more);
    } else if (errno != EINTR) {
      return Explain(errno);
    }
  }
  return IoStatus::kOk;
}

IoStatus ByteSocketChannel::ReceiveRest(std::span<std::byte> message, int flags) {
  while (part_bytes_ < frame_bytes_) {
    const ssize_t got =
        ::recv(socket_.get(), part_.get() + part_bytes_, frame_bytes_ - part_bytes_, flags);
    if (got > 0) {
      part_bytes_ += static_cast<size_t>(got);
    } else if (got == 0) {
      return IoStatus::kPeerClosed;  // A message cut short has no other sender either.
    } else if (errno != EINTR) {
      return Explain(errno);
    }
  }
  part_bytes_ = 0;
  if (std::memcmp(part_.get(), &length_, prefix_bytes_) != 0) return Fail(EBADMSG);
  std::memcpy(message.data(), part_.get() + prefix_bytes_, message.size());
  return IoStatus::kOk;
}

void ByteSocketChannel::KeepPart(std::span<const std::byte> message, size_t got) {
  const size_t of_prefix = got < prefix_bytes_ ? got : prefix_bytes_;
  std::memcpy(part_.get(), &received_length_, of_prefix);
  std::memcpy(part_.get() + of_prefix, message.data(), got - of_prefix);
  part_bytes_ = got;
}

IoStatus ByteSocketChannel::LookForRoom() {
  if (kind_.is_tcp) {
    // TCP takes what goes to a closed end and learns only from the answer. Whoever looks can tell
    // at once; after that, Send can, too.
    pollfd end = {socket_.get(), POLLRDHUP, 0};
    if (::poll(&end, 1, 0) < 0) return Fail(errno);
    if (end.revents != 0) {
      ::shutdown(socket_.get(), SHUT_WR);
      return IoStatus::kPeerClosed;
    }
  }
  std::array<uint32_t, SK_MEMINFO_VARS> memory = {};
  socklen_t size = sizeof memory;
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_MEMINFO, memory.data(), &size) != 0) {
    return Fail(errno);
  }
  const int64_t room = memory[SK_MEMINFO_SNDBUF];
  const int64_t taken = memory[kind_.is_tcp ? SK_MEMINFO_WMEM_QUEUED : SK_MEMINFO_WMEM_ALLOC];
  const int64_t bytes = static_cast<int64_t>(frame_bytes_);
  // One part goes in as soon as there is any room; those behind it need it to be there still.
  const int64_t part = std::min(kPartBytes, room / 2 - 64);  // a Unix socket's, at least
  const int64_t parts = kind_.is_tcp ? bytes / kPartBytes + 1 : bytes / (part + 1);
  const int64_t needed = parts == 0 ? 0 : bytes + parts * kPartOverhead;
  if (needed > room) return Fail(EMSGSIZE);  // It never fits at once, whoever reads.
  return taken + needed < room ? IoStatus::kOk : IoStatus::kWouldBlock;
}

IoStatus ByteSocketChannel::Explain(int error) {
  if (error == EAGAIN || error == EINTR) return IoStatus::kWouldBlock;
  return MeansPeerClosed(error) ? IoStatus::kPeerClosed : Fail(error);
}

}  // namespace ipclab
