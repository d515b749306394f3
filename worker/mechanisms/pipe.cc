// pipe: an anonymous pipe, two of them where messages go both ways.

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/kernel_limit.h"

namespace ipclab {
namespace {

constexpr int64_t kPipePage = 4096;       // one buffer of a pipe
constexpr int64_t kDefaultMax = 1048576;  // pipe(7), where the file cannot be read

struct PipeEnds {
  UniqueFd read;
  UniqueFd write;
};

absl::StatusOr<PipeEnds> MakePipe(int64_t capacity) {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) return ErrnoStatus("pipe2");
  PipeEnds ends{UniqueFd(fds[0]), UniqueFd(fds[1])};
  // A user over pipe-user-pages-soft gets pipes of one or two pages: what it is must be looked at.
  if (::fcntl(fds[1], F_GETPIPE_SZ) != capacity &&
      ::fcntl(fds[1], F_SETPIPE_SZ, static_cast<int>(capacity)) < 0) {
    return ErrnoStatus("fcntl F_SETPIPE_SZ", absl::StrCat("capacity ", capacity));
  }
  const int got = ::fcntl(fds[1], F_GETPIPE_SZ);
  if (got < capacity) {  // The kernel rounds up to a power of two, never down.
    return absl::ResourceExhaustedError(
        absl::StrCat("pipe: capacity ", capacity, " asked, ", got, " got"));
  }
  return ends;
}

// The blocking forms are single calls in the common case: a read takes what is there and a blocking
// write returns when all is in, so only signals and messages above the capacity come in parts.
class PipeChannel final : public Channel {
 public:
  PipeChannel(UniqueFd read, UniqueFd write) : read_(std::move(read)), write_(std::move(write)) {
    if (write_) slots_ = ::fcntl(write_.get(), F_GETPIPE_SZ) / kPipePage;
  }

  IoStatus Send(std::span<const std::byte> message) override {
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

  IoStatus Receive(std::span<std::byte> message) override {
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

  IoStatus TrySend(std::span<const std::byte> message) override;
  IoStatus TryReceive(std::span<std::byte> message) override;

  absl::StatusOr<int64_t> Depth() const override {
    if (!read_) return absl::UnimplementedError("pipe: this end only sends");
    int bytes = 0;
    if (::ioctl(read_.get(), FIONREAD, &bytes) != 0) return ErrnoStatus("ioctl FIONREAD", "pipe");
    return bytes;
  }

 private:
  UniqueFd read_;   // none when this end only sends
  UniqueFd write_;  // none when it only receives
  int64_t slots_ = 0;
};

// O_NONBLOCK would not do: it belongs to the open file, so the blocking forms would lose their
// wait, and it lets a write above PIPE_BUF go in by half; RWF_NOWAIT works on pipes from Linux 6.5
// only. So room is proven first. This end is the only writer: room that is there stays there.
IoStatus PipeChannel::TrySend(std::span<const std::byte> message) {
  const int64_t bytes = static_cast<int64_t>(message.size());
  const int64_t needed = (bytes + kPipePage - 1) / kPipePage;
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
  if (inside >= static_cast<int64_t>(message.size())) return Receive(message);
  pollfd more{read_.get(), POLLIN, 0};
  if (::poll(&more, 1, 0) < 0) return Fail(errno);
  // The writer may have written and gone between the two looks.
  if ((more.revents & POLLHUP) == 0) return IoStatus::kWouldBlock;
  if (::ioctl(read_.get(), FIONREAD, &inside) != 0) return Fail(errno);
  return inside >= static_cast<int64_t>(message.size()) ? Receive(message) : IoStatus::kPeerClosed;
}

Probe ProbePipe() {
  const int64_t max_capacity = ReadSysctl("fs/pipe-max-size").value_or(kDefaultMax);
  Probe probe;
  probe.limits.push_back(MakeLimit("capacity of an unprivileged user's pipe, bytes", max_capacity,
                                   "/proc/sys/fs/pipe-max-size"));
  if (const auto pages = ReadSysctl("fs/pipe-user-pages-soft")) {
    probe.limits.push_back(MakeLimit("pages in all pipes of an unprivileged user; 0: no limit",
                                     *pages, "/proc/sys/fs/pipe-user-pages-soft"));
  }
  probe.limits.push_back(MakeLimit("largest atomic write (PIPE_BUF), bytes", PIPE_BUF, ""));

  v1::Option& capacity = probe.options.emplace_back();
  capacity.set_name("capacity");
  capacity.set_type(v1::Option::INTEGER);
  capacity.set_default_value("65536");
  capacity.set_minimum(kPipePage);
  capacity.set_maximum(max_capacity);
  capacity.set_description(
      "Bytes that the pipe holds (F_SETPIPE_SZ); the kernel rounds up to a power of two");
  return probe;
}

absl::StatusOr<Hosted> HostPipe(const ChannelSpec& spec) {
  const int64_t capacity = spec.IntegerOption("capacity");
  auto first = MakePipe(capacity);
  if (!first.ok()) return first.status();
  Hosted hosted;
  if (spec.duplex) {
    auto second = MakePipe(capacity);
    if (!second.ok()) return second.status();
    hosted.channel =
        std::make_unique<PipeChannel>(std::move(first->read), std::move(second->write));
    hosted.offer.descriptors.push_back(std::move(second->read));
    hosted.offer.descriptors.push_back(std::move(first->write));
  } else if (spec.sends) {
    hosted.channel = std::make_unique<PipeChannel>(UniqueFd(), std::move(first->write));
    hosted.offer.descriptors.push_back(std::move(first->read));
  } else {
    hosted.channel = std::make_unique<PipeChannel>(std::move(first->read), UniqueFd());
    hosted.offer.descriptors.push_back(std::move(first->write));
  }
  return hosted;
}

// The offer holds what the joiner needs, what it reads first.
absl::StatusOr<std::unique_ptr<Channel>> JoinPipe(const ChannelSpec& spec, ChannelOffer offer) {
  const size_t wanted = spec.duplex ? 2 : 1;
  if (offer.descriptors.size() != wanted) {
    return absl::InvalidArgumentError(absl::StrCat("pipe: the offer has ", offer.descriptors.size(),
                                                   " descriptors instead of ", wanted));
  }
  UniqueFd read;
  UniqueFd write;
  if (spec.duplex || !spec.sends) read = std::move(offer.descriptors.front());
  if (spec.duplex || spec.sends) write = std::move(offer.descriptors.back());
  return std::make_unique<PipeChannel>(std::move(read), std::move(write));
}

constexpr std::array kPatterns = {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM};
constexpr std::array<std::string_view, 4> kHazards = {
    "The reader sees the end only when every copy of the write end is closed, in every process.",
    "Writing after the last reader is gone raises SIGPIPE, which kills; ignore it and expect "
    "EPIPE.",
    "A pipe is bytes without borders: only writes up to PIPE_BUF are atomic among several writers.",
    "A full pipe blocks its writer: two processes that both write before they read deadlock."};

}  // namespace

extern constinit const Mechanism kPipe = {
    .id = "pipe",
    .family = v1::Mechanism::STREAM,
    .summary = "Anonymous pipe between related processes; a pair of them for both ways",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::POSIX,
              .direction = v1::Mechanism::ONE_WAY,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::NOTICED,
              .access = "whoever inherits the descriptors, or is sent them over a Unix socket"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .name_kinds = {},
    .loopback = false,
    .probe = ProbePipe,
    .host = HostPipe,
    .join = JoinPipe,
};

}  // namespace ipclab
