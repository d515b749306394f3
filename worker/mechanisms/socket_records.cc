#include "worker/mechanisms/socket_records.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "worker/mechanisms/socket_status.h"

namespace ipclab {

RecordSocketChannel::RecordSocketChannel(const RecordSocketKind& kind, UniqueFd socket,
                                         size_t message_bytes)
    : kind_(kind), socket_(std::move(socket)), message_bytes_(message_bytes) {}

RecordSocketChannel::RecordSocketChannel(const RecordSocketKind& kind, SocketOpening opening,
                                         size_t message_bytes)
    : kind_(kind), opening_(std::move(opening)), message_bytes_(message_bytes) {}

absl::Status RecordSocketChannel::Connect() {
  if (!opening_) return absl::OkStatus();
  auto opened = opening_();
  opening_ = nullptr;
  if (!opened.ok()) return opened.status();
  socket_ = *std::move(opened);
  return absl::OkStatus();
}

IoStatus RecordSocketChannel::Send(std::span<const std::byte> message) {
  return SendBy(message, MSG_NOSIGNAL);
}
IoStatus RecordSocketChannel::TrySend(std::span<const std::byte> message) {
  return SendBy(message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

inline IoStatus RecordSocketChannel::SendBy(std::span<const std::byte> message, int flags) {
  while (true) {  // It goes in whole or not at all.
    if (::send(socket_.get(), message.data(), message.size(), flags) >= 0) [[likely]] {
      return IoStatus::kOk;
    }
    if (errno == EINTR) continue;
    return Explain(-1);
  }
}

// MSG_TRUNC: the size that the record had, even where that is more than was asked for.
IoStatus RecordSocketChannel::Receive(std::span<std::byte> message) {
  return ReceiveBy(message, MSG_TRUNC);
}
IoStatus RecordSocketChannel::TryReceive(std::span<std::byte> message) {
  return ReceiveBy(message, MSG_TRUNC | MSG_DONTWAIT);
}

inline IoStatus RecordSocketChannel::ReceiveBy(std::span<std::byte> message, int flags) {
  while (true) {
    const ssize_t got = ::recv(socket_.get(), message.data(), message.size(), flags);
    if (got == static_cast<ssize_t>(message.size())) [[likely]] {
      return IoStatus::kOk;
    }
    if (const IoStatus status = Explain(got); status != IoStatus::kOk) return status;
  }
}

IoStatus RecordSocketChannel::Explain(ssize_t carried) {
  if (carried < 0) {
    if (errno == EINTR) return IoStatus::kOk;
    if (errno == EAGAIN) return IoStatus::kWouldBlock;  // blocking: SO_RCVTIMEO
    return MeansPeerClosed(errno) ? IoStatus::kPeerClosed : Fail(errno);
  }
  if (carried == 0 && kind_.tells_of_end) return IoStatus::kPeerClosed;
  return kind_.skips_foreign ? IoStatus::kOk : Fail(EBADMSG);
}

absl::StatusOr<int64_t> RecordSocketChannel::Depth() const {
  if (!kind_.counts_what_waits) {
    return absl::UnimplementedError(absl::StrCat(
        std::string(kind_.id), ": the kernel tells the size of the next datagram only"));
  }
  int bytes = 0;
  if (::ioctl(socket_.get(), FIONREAD, &bytes) != 0) {
    return ErrnoStatus("ioctl FIONREAD", kind_.id);
  }
  return bytes / static_cast<int64_t>(message_bytes_);
}

}  // namespace ipclab
