#include "worker/mechanisms/shared_pipe.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"

namespace ipclab {

absl::Status SharedPipeChannel::Check(const ChannelSpec& spec) {
  if (spec.message_bytes <= PIPE_BUF) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("messages of ", spec.message_bytes,
                   " bytes would get mixed: a pipe keeps them whole up to ", PIPE_BUF));
}

absl::StatusOr<std::unique_ptr<Channel>> SharedPipeChannel::Make(
    const ChannelSpec& spec, UniqueFd end, std::function<absl::Status()> on_connect) {
  const bool receives = !spec.sends;
  const std::string path = absl::StrCat("/proc/self/fd/", end.get());
  // dup would not do: O_NONBLOCK belongs to the open file.
  UniqueFd trying(::open(path.c_str(), (receives ? O_RDONLY : O_WRONLY) | O_NONBLOCK | O_CLOEXEC));
  if (!trying) return ErrnoStatus("open", path);
  return std::unique_ptr<Channel>(
      new SharedPipeChannel(std::move(end), std::move(trying), receives, std::move(on_connect)));
}

SharedPipeChannel::SharedPipeChannel(UniqueFd end, UniqueFd trying, bool receives,
                                     std::function<absl::Status()> on_connect)
    : end_(std::move(end)),
      trying_(std::move(trying)),
      receives_(receives),
      on_connect_(std::move(on_connect)) {}

absl::Status SharedPipeChannel::Connect() {
  return on_connect_ ? std::exchange(on_connect_, nullptr)() : absl::OkStatus();
}

IoStatus SharedPipeChannel::Send(std::span<const std::byte> message) {
  return Write(end_.get(), message);
}
IoStatus SharedPipeChannel::TrySend(std::span<const std::byte> message) {
  return Write(trying_.get(), message);
}
IoStatus SharedPipeChannel::Receive(std::span<std::byte> message) {
  return Read(end_.get(), message);
}
IoStatus SharedPipeChannel::TryReceive(std::span<std::byte> message) {
  return Read(trying_.get(), message);
}

IoStatus SharedPipeChannel::Write(int end, std::span<const std::byte> message) {
  while (true) {
    const ssize_t sent = ::write(end, message.data(), message.size());
    if (sent == static_cast<ssize_t>(message.size())) [[likely]] {
      return IoStatus::kOk;
    }
    if (sent >= 0) return Fail(EMSGSIZE);  // It was not atomic.
    if (errno == EAGAIN) return IoStatus::kWouldBlock;
    if (errno != EINTR) return errno == EPIPE ? IoStatus::kPeerClosed : Fail(errno);
  }
}

IoStatus SharedPipeChannel::Read(int end, std::span<std::byte> message) {
  while (true) {
    const ssize_t got = ::read(end, message.data(), message.size());
    if (got == static_cast<ssize_t>(message.size())) [[likely]] {
      return IoStatus::kOk;
    }
    if (got == 0) return IoStatus::kPeerClosed;
    if (got > 0) return Fail(EBADMSG);
    if (errno == EAGAIN) return IoStatus::kWouldBlock;
    if (errno != EINTR) return Fail(errno);
  }
}

absl::StatusOr<int64_t> SharedPipeChannel::Depth() const {
  int bytes = 0;
  if (::ioctl(end_.get(), FIONREAD, &bytes) != 0) return ErrnoStatus("ioctl FIONREAD", "pipe");
  return bytes;
}

}  // namespace ipclab
