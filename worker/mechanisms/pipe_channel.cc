#include "worker/mechanisms/pipe_channel.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/option.h"

namespace ipclab {
namespace {

constexpr int64_t kDefaultMax = 1048576;  // pipe(7), where the file cannot be read

}  // namespace

int64_t PipePage() {
  static const int64_t page = ::sysconf(_SC_PAGESIZE);
  return page;
}

absl::StatusOr<PipeEnds> MakePipe(int64_t capacity) {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) return ErrnoStatus("pipe2");
  PipeEnds ends{UniqueFd(fds[0]), UniqueFd(fds[1])};
  if (absl::Status status = GiveRoom(fds[1], capacity, "pipe"); !status.ok()) return status;
  return ends;
}

absl::Status GiveRoom(int end, int64_t capacity, std::string_view id) {
  // A user over pipe-user-pages-soft gets pipes of one or two pages: what it is must be looked at.
  if (::fcntl(end, F_GETPIPE_SZ) == capacity) return absl::OkStatus();
  const bool set = ::fcntl(end, F_SETPIPE_SZ, static_cast<int>(capacity)) >= 0;
  const int error = errno;
  if (!set && error != EPERM) {
    return ErrnoStatus("fcntl F_SETPIPE_SZ", absl::StrCat("capacity ", capacity), error);
  }
  const int got = ::fcntl(end, F_GETPIPE_SZ);
  // The kernel rounds up to a power of two, never down.
  if (set && got >= capacity) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      std::string(id), ": capacity ", capacity, " asked, ", got,
      " got; one pipe of an unprivileged user has up to ",
      ReadSysctl("fs/pipe-max-size").value_or(kDefaultMax),
      " bytes (/proc/sys/fs/pipe-max-size), all of them together as many pages as "
      "/proc/sys/fs/pipe-user-pages-soft says: ask for less, of a program's channel fewer records, "
      "or have the limit raised"));
}

int64_t CapacityForRecords(const ChannelSpec& spec) {
  // One page more: a last one that is partly filled takes no further record without waiting.
  return spec.records * spec.message_bytes + PipePage();
}

int64_t CapacityFor(const ChannelSpec& spec) {
  const int64_t asked = spec.IntegerOption("capacity");
  if (spec.records == 0) return asked;
  return std::max(asked, CapacityForRecords(spec));
}

void DescribePipeCapacity(Probe& probe) {
  const int64_t max_capacity = ReadSysctl("fs/pipe-max-size").value_or(kDefaultMax);
  probe.limits.push_back(MakeLimit("capacity of an unprivileged user's pipe, bytes", max_capacity,
                                   "/proc/sys/fs/pipe-max-size"));
  if (const auto pages = ReadSysctl("fs/pipe-user-pages-soft")) {
    probe.limits.push_back(MakeLimit("pages in all pipes of an unprivileged user; 0: no limit",
                                     *pages, "/proc/sys/fs/pipe-user-pages-soft"));
  }
  probe.options.push_back(IntegerOption(
      "capacity", 65536, PipePage(), max_capacity,
      "Bytes that the pipe holds (F_SETPIPE_SZ); the kernel rounds up to a power of two"));
}

PipeChannel::PipeChannel(UniqueFd read, UniqueFd write, UniqueFd until_connected)
    : read_(std::move(read)),
      write_(std::move(write)),
      until_connected_(std::move(until_connected)) {
  if (write_) slots_ = ::fcntl(write_.get(), F_GETPIPE_SZ) / PipePage();
  if (read_) holds_ = ::fcntl(read_.get(), F_GETPIPE_SZ);
}

absl::Status PipeChannel::Connect() {
  until_connected_.Reset();
  return absl::OkStatus();
}

IoStatus PipeChannel::Send(std::span<const std::byte> message) {
  while (true) {
    const ssize_t sent = ::write(write_.get(), message.data(), message.size());
    if (sent == static_cast<ssize_t>(message.size())) [[likely]] {
      return IoStatus::kOk;
    }
    if (sent >= 0) {
      message = message.subspan(static_cast<size_t>(sent));
    } else if (errno != EINTR) {
      return errno == EPIPE ? IoStatus::kPeerClosed : Fail(errno);
    }
  }
}

IoStatus PipeChannel::Receive(std::span<std::byte> message) {
  while (true) {
    const ssize_t got = ::read(read_.get(), message.data(), message.size());
    if (got == static_cast<ssize_t>(message.size())) [[likely]] {
      return IoStatus::kOk;
    }
    if (got > 0) {
      message = message.subspan(static_cast<size_t>(got));
    } else if (got == 0) {
      return IoStatus::kPeerClosed;  // A message cut short has no other sender either.
    } else if (errno != EINTR) {
      return Fail(errno);
    }
  }
}

absl::StatusOr<int64_t> PipeChannel::Depth() const {
  if (!read_ && !write_) return absl::UnimplementedError("pipe: this end only splices");
  int bytes = 0;
  if (::ioctl((read_ ? read_ : write_).get(), FIONREAD, &bytes) != 0)
    return ErrnoStatus("ioctl FIONREAD", "pipe");
  return bytes;
}

// O_NONBLOCK would not do: it belongs to the open file, so the blocking forms would lose their
// wait, and it lets a write above PIPE_BUF go in by half; RWF_NOWAIT works on pipes from Linux 6.5
// only. So room is proven first. This end is the only writer: room that is there stays there.
IoStatus PipeChannel::TrySend(std::span<const std::byte> message) {
  const int64_t bytes = static_cast<int64_t>(message.size());
  const int64_t needed = (bytes + PipePage() - 1) / PipePage();
  if (needed > slots_) return Fail(EMSGSIZE);  // It never fits at once, whoever reads.

  pollfd room{write_.get(), POLLOUT, 0};
  if (::poll(&room, 1, 0) < 0) return Fail(errno);
  if ((room.revents & POLLERR) != 0) return IoStatus::kPeerClosed;
  if ((room.revents & POLLOUT) == 0) return IoStatus::kWouldBlock;
  // POLLOUT means one free slot, which is all that a message of a page needs. For more, count what
  // the messages inside may occupy at most: a slot is never shared by more bytes than a page has,
  // but it may hold fewer. An empty pipe always has room.
  if (needed > 1) {
    int inside = 0;
    if (::ioctl(write_.get(), FIONREAD, &inside) != 0) return Fail(errno);
    const int64_t messages = (inside + bytes - 1) / bytes;
    if ((messages + 1) * needed > slots_) return IoStatus::kWouldBlock;
  }
  return Send(message);
}

IoStatus PipeChannel::TryReceive(std::span<std::byte> message) {
  int inside = 0;
  if (::ioctl(read_.get(), FIONREAD, &inside) != 0) return Fail(errno);
  const int64_t bytes = static_cast<int64_t>(message.size());
  // What is larger than the pipe is never there as a whole; its writer waits for nothing but us.
  if (inside >= bytes || (inside > 0 && bytes > holds_)) return Receive(message);
  pollfd more{read_.get(), POLLIN, 0};
  if (::poll(&more, 1, 0) < 0) return Fail(errno);
  // The writer may have written and gone between the two looks.
  if ((more.revents & POLLHUP) == 0) return IoStatus::kWouldBlock;
  if (::ioctl(read_.get(), FIONREAD, &inside) != 0) return Fail(errno);
  return inside >= bytes ? Receive(message) : IoStatus::kPeerClosed;
}

}  // namespace ipclab
