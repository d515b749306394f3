// io_uring: a Unix stream socket pair that is sent to and received from by way of io_uring, one
// operation and one submit-and-wait per message.

#include <array>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/mechanisms/socket_buffers.h"
#include "worker/option.h"

#ifdef IPCLAB_HAS_IO_URING
#include <liburing.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/errno_status.h"
#include "worker/libraries/shared_library.h"
#else
#include "worker/libraries/absent.h"
#endif

namespace ipclab {
namespace {

constexpr const char* kDisabled = "kernel/io_uring_disabled";

#ifdef IPCLAB_HAS_IO_URING

constexpr unsigned kEntries = 8;  // one operation at a time; the kernel's thread may lag behind
constexpr unsigned kSqThreadIdleMilliseconds = 100;

// What one buffer of a Unix socket carries, and the most of the send buffer that it is charged for.
constexpr int64_t kPartBytes = 32768;
constexpr int64_t kPartCharge = 45056;

// A ring for one thread. Not movable: the kernel's memory is mapped into it.
class Ring {
 public:
  Ring() = default;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring() {
    if (open_) ::io_uring_queue_exit(&ring_);
  }

  absl::Status Open(bool sqpoll) {
    io_uring_params params = {};
    params.flags =
        sqpoll ? IORING_SETUP_SQPOLL : IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
    params.sq_thread_idle = sqpoll ? kSqThreadIdleMilliseconds : 0;
    int result = ::io_uring_queue_init_params(kEntries, &ring_, &params);
    if (result == -EINVAL && !sqpoll) {  // Linux before 6.1 knows none of these.
      params = {};
      result = ::io_uring_queue_init_params(kEntries, &ring_, &params);
    }
    if (result < 0) return ErrnoStatus("io_uring_setup", sqpoll ? "sqpoll" : "", -result);
    open_ = true;
    return absl::OkStatus();
  }

  // Has one operation done. Its result: what the system call would return, or -errno.
  template <typename Prepare>
  int Do(Prepare prepare) {
    prepare(::io_uring_get_sqe(&ring_));
    int result;
    // Interrupted before it was taken, it is still there to be submitted; later there is nothing.
    while ((result = ::io_uring_submit_and_wait(&ring_, 1)) == -EINTR) {
    }
    if (result < 0) return result;
    io_uring_cqe* done = nullptr;
    while ((result = ::io_uring_wait_cqe(&ring_, &done)) == -EINTR) {
    }
    if (result < 0) return result;
    result = done->res;
    ::io_uring_cqe_seen(&ring_, done);
    return result;
  }

 private:
  io_uring ring_ = {};
  bool open_ = false;
};

// What a message takes of the send buffer before its last part goes in.
int64_t ChargeBeforeLast(size_t message_bytes) {
  return (static_cast<int64_t>(message_bytes) - 1) / kPartBytes * kPartCharge;
}

class UringChannel final : public Channel {
 public:
  explicit UringChannel(UniqueFd socket) : socket_(std::move(socket)) {
    int bytes = 0;
    socklen_t size = sizeof bytes;
    ::getsockopt(socket_.get(), SOL_SOCKET, SO_SNDBUF, &bytes, &size);
    send_buffer_ = bytes;
  }

  absl::Status Open(bool sqpoll) { return ring_.Open(sqpoll); }

  IoStatus Send(std::span<const std::byte> message) override {
    return Give(message, MSG_NOSIGNAL | MSG_WAITALL);
  }

  IoStatus Receive(std::span<std::byte> message) override {
    while (true) {
      const int got = ring_.Do([&](io_uring_sqe* entry) {
        ::io_uring_prep_recv(entry, socket_.get(), message.data(), message.size(), MSG_WAITALL);
      });
      if (got == static_cast<int>(message.size())) [[likely]] {
        return IoStatus::kOk;
      }
      if (got > 0) {
        message = message.subspan(static_cast<size_t>(got));
      } else if (got == 0 || got == -ECONNRESET) {
        return IoStatus::kPeerClosed;
      } else if (got != -EINTR) {
        return Fail(-got);
      }
    }
  }

  IoStatus TrySend(std::span<const std::byte> message) override;
  IoStatus TryReceive(std::span<std::byte> message) override;

  int ReadableDescriptor() const override { return socket_.get(); }

  absl::StatusOr<int64_t> Depth() const override {
    int bytes = 0;
    if (::ioctl(socket_.get(), FIONREAD, &bytes) != 0) return ErrnoStatus("ioctl FIONREAD");
    return bytes;
  }

 private:
  IoStatus Give(std::span<const std::byte> message, int flags) {
    while (true) {
      const int sent = ring_.Do([&](io_uring_sqe* entry) {
        ::io_uring_prep_send(entry, socket_.get(), message.data(), message.size(), flags);
      });
      if (sent == static_cast<int>(message.size())) [[likely]] {
        return IoStatus::kOk;
      }
      if (sent >= 0) {
        message = message.subspan(static_cast<size_t>(sent));
      } else if (sent == -EAGAIN) {
        return IoStatus::kWouldBlock;
      } else if (sent != -EINTR) {
        return sent == -EPIPE || sent == -ECONNRESET ? IoStatus::kPeerClosed : Fail(-sent);
      }
    }
  }

  UniqueFd socket_;
  Ring ring_;
  int64_t send_buffer_ = 0;
};

// A part goes in whole as long as less than the send buffer is charged. For a message of several,
// room for all but the last must be proven: this end is the only one that takes any.
IoStatus UringChannel::TrySend(std::span<const std::byte> message) {
  const int64_t before_last = ChargeBeforeLast(message.size());
  if (before_last >= send_buffer_) return Fail(EMSGSIZE);  // It never fits at once.
  if (before_last > 0) {
    pollfd peer = {socket_.get(), 0, 0};
    if (::poll(&peer, 1, 0) < 0) return Fail(errno);
    if ((peer.revents & (POLLHUP | POLLERR)) != 0) return IoStatus::kPeerClosed;
    int charged = 0;
    if (::ioctl(socket_.get(), TIOCOUTQ, &charged) != 0) return Fail(errno);
    if (charged + before_last >= send_buffer_) return IoStatus::kWouldBlock;
  }
  return Give(message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

IoStatus UringChannel::TryReceive(std::span<std::byte> message) {
  const int bytes = static_cast<int>(message.size());
  int inside = 0;
  if (::ioctl(socket_.get(), FIONREAD, &inside) != 0) return Fail(errno);
  // What never fits at once is never there as a whole; its sender waits for nothing but us.
  const bool never_whole = ChargeBeforeLast(message.size()) >= send_buffer_;
  if (inside >= bytes || (inside > 0 && never_whole)) return Receive(message);
  pollfd peer = {socket_.get(), 0, 0};
  if (::poll(&peer, 1, 0) < 0) return Fail(errno);
  if ((peer.revents & (POLLHUP | POLLERR)) == 0) return IoStatus::kWouldBlock;
  // It may have sent and gone between the two looks.
  if (::ioctl(socket_.get(), FIONREAD, &inside) != 0) return Fail(errno);
  return inside >= bytes ? Receive(message) : IoStatus::kPeerClosed;
}

absl::StatusOr<std::unique_ptr<Channel>> OpenUring(const ChannelSpec& spec, UniqueFd socket) {
  auto channel = std::make_unique<UringChannel>(std::move(socket));
  if (auto status = channel->Open(spec.BooleanOption("sqpoll")); !status.ok()) return status;
  return channel;
}

absl::StatusOr<Hosted> HostUring(const ChannelSpec& spec) {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
    return ErrnoStatus("socketpair");
  }
  UniqueFd ours(fds[0]);
  UniqueFd theirs(fds[1]);
  for (const int fd : fds) {
    if (spec.records == 0) break;
    absl::Status status = MakeRoomForRecords(fd, "io_uring", spec.records);
    if (!status.ok()) return status;
  }
  auto channel = OpenUring(spec, std::move(ours));
  if (!channel.ok()) return channel.status();
  Hosted hosted{*std::move(channel), {}};
  hosted.offer.descriptors.push_back(std::move(theirs));
  return hosted;
}

absl::StatusOr<std::unique_ptr<Channel>> JoinUring(const ChannelSpec& spec, ChannelOffer offer) {
  if (offer.descriptors.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "io_uring: the offer has ", offer.descriptors.size(), " descriptors instead of 1"));
  }
  return OpenUring(spec, std::move(offer.descriptors.front()));
}

std::string WhyNoUring() {
  // In a child: a seccomp profile may kill for the attempt.
  const absl::Status status = TryInChild([] {
    Ring ring;
    if (auto opened = ring.Open(/*sqpoll=*/false); !opened.ok()) return opened;
    const int result = ring.Do([](io_uring_sqe* entry) { ::io_uring_prep_nop(entry); });
    return result < 0 ? ErrnoStatus("io_uring_enter", "", -result) : absl::OkStatus();
  });
  if (status.ok()) return "";
  const int64_t disabled = ReadSysctl(kDisabled).value_or(0);
  if (disabled != 0) {
    return absl::StrCat(std::string(status.message()), "; kernel.io_uring_disabled is ", disabled,
                        ": sysctl -w kernel.io_uring_disabled=0");
  }
  return absl::StrCat(std::string(status.message()),
                      "; a seccomp profile may forbid it, as the default one of container engines "
                      "does: --security-opt seccomp=FILE with one that allows io_uring_setup, "
                      "io_uring_enter and io_uring_register; or a kernel with CONFIG_IO_URING");
}

#else

constexpr auto HostUring = HostAbsent;
constexpr auto JoinUring = JoinAbsent;
std::string WhyNoUring() { return "built without liburing; install liburing-dev and build again"; }

#endif

Probe ProbeUring() {
  Probe probe;
  probe.unavailable_reason = WhyNoUring();
  if (const auto disabled = ReadSysctl(kDisabled)) {
    probe.limits.push_back(
        MakeLimit("who may not set up a ring: 0 nobody, 1 those outside of io_uring_group, 2 all",
                  *disabled, "/proc/sys/kernel/io_uring_disabled"));
  }
  if (const auto buffer = ReadSysctl("net/core/wmem_default")) {
    probe.limits.push_back(
        MakeLimit("send buffer of the socket, bytes", *buffer, "/proc/sys/net/core/wmem_default"));
  }
  probe.options.push_back(BooleanOption(
      "sqpoll", false,
      "A thread of the kernel polls for submissions (IORING_SETUP_SQPOLL), spinning up to 100 ms"));
  return probe;
}

constexpr std::array<std::string_view, 2> kViews = {
    "cat /proc/PID/fdinfo/FD: heads and tails of both rings",
    "ss -xpm: the sockets that it drives"};
constexpr std::array<std::string_view, 5> kHazards = {
    "One operation per submission gains nothing over plain calls: a ring pays when many are "
    "submitted at once.",
    "Its operations pass by seccomp filters: a sandbox must forbid io_uring altogether.",
    "The buffer of an operation belongs to the kernel until its completion was seen.",
    "sqpoll spins on a CPU of its own; on the same CPU as its process it only gets in the way.",
    "A stream has no borders: receives come short, unless MSG_WAITALL is asked for."};

}  // namespace

extern constinit const Mechanism kIoUring = {
    .id = "io_uring",
    .family = v1::Mechanism::STREAM,
    .summary = "Unix stream socket pair driven by io_uring, one operation per submission",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::LINUX,
              .direction = v1::Mechanism::TWO_WAYS,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::NOTICED,
              .access = "whoever inherits the descriptors, or is sent them over a Unix socket"},
    .patterns = kDataPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .loopback = false,
    .probe = ProbeUring,
    .host = HostUring,
    .join = JoinUring,
    .program = ChannelFacts("bytes by FIONREAD", kRecordBytes, SeenBy::kReceivers),
};

}  // namespace ipclab
