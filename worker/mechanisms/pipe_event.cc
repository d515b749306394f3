// pipe_event: the self-pipe trick between two processes. A notification is a byte into a pipe by a
// write that does not wait: where the pipe is full, its reader was notified already. Once the way
// to get a signal handler's news into poll, and still the portable way to wake a poll.

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/mechanisms/pipe_channel.h"

namespace ipclab {
namespace {

class PipeEventChannel final : public Channel {
 public:
  // Either may be missing.
  PipeEventChannel(UniqueFd read, UniqueFd write)
      : read_(std::move(read)),
        write_(std::move(write)),
        bytes_(read_ ? static_cast<size_t>(::fcntl(read_.get(), F_GETPIPE_SZ)) : 0) {}

  // Never waits.
  IoStatus Send(std::span<const std::byte>) override {
    constexpr std::byte kNotice{1};
    while (::write(write_.get(), &kNotice, 1) != 1) {
      if (errno == EAGAIN) return IoStatus::kOk;  // As many as the pipe holds wait to be seen.
      if (errno == EPIPE) return IoStatus::kPeerClosed;
      if (errno != EINTR) return Fail(errno);
    }
    return IoStatus::kOk;
  }

  IoStatus Receive(std::span<std::byte>) override {
    while (true) {
      const ssize_t got = ::read(read_.get(), bytes_.data(), bytes_.size());
      if (got > 0) [[likely]] {
        return IoStatus::kOk;
      }
      if (got == 0) return IoStatus::kPeerClosed;
      if (errno != EINTR) return Fail(errno);
    }
  }

  IoStatus TrySend(std::span<const std::byte> message) override { return Send(message); }

  // Only the write end does not wait: O_NONBLOCK of the read end would take the wait from Receive.
  IoStatus TryReceive(std::span<std::byte> message) override {
    pollfd poll{read_.get(), POLLIN, 0};
    while (::poll(&poll, 1, 0) < 0) {
      if (errno != EINTR) return Fail(errno);
    }
    return poll.revents == 0 ? IoStatus::kWouldBlock : Receive(message);
  }

  int ReadableDescriptor() const override { return read_.get(); }

  absl::StatusOr<int64_t> Depth() const override {
    if (!read_) return absl::UnimplementedError("pipe_event: this end only notifies");
    int bytes = 0;
    if (::ioctl(read_.get(), FIONREAD, &bytes) != 0) {
      return ErrnoStatus("ioctl FIONREAD", "pipe_event");
    }
    return bytes;
  }

 private:
  UniqueFd read_;
  UniqueFd write_;
  std::vector<std::byte> bytes_;  // as many as the pipe holds, so that one read takes all
};

absl::StatusOr<PipeEnds> MakeEventPipe() {
  auto ends = MakePipe(PipePage());
  if (!ends.ok()) return ends.status();
  if (::fcntl(ends->write.get(), F_SETFL, O_NONBLOCK) != 0) {
    return ErrnoStatus("fcntl F_SETFL", "pipe_event");
  }
  return ends;
}

Probe ProbePipeEvent() {
  Probe probe;
  probe.limits.push_back(MakeLimit("notifications that one page of a pipe holds", PipePage(), ""));
  if (const auto pages = ReadSysctl("fs/pipe-user-pages-soft")) {
    probe.limits.push_back(MakeLimit("pages in all pipes of an unprivileged user; 0: no limit",
                                     *pages, "/proc/sys/fs/pipe-user-pages-soft"));
  }
  return probe;
}

absl::StatusOr<Hosted> HostPipeEvent(const ChannelSpec& spec) {
  PipeEnds to_joiner;
  PipeEnds to_host;
  if (spec.duplex || spec.sends) {
    auto ends = MakeEventPipe();
    if (!ends.ok()) return ends.status();
    to_joiner = *std::move(ends);
  }
  if (spec.duplex || !spec.sends) {
    auto ends = MakeEventPipe();
    if (!ends.ok()) return ends.status();
    to_host = *std::move(ends);
  }
  Hosted hosted;
  hosted.channel =
      std::make_unique<PipeEventChannel>(std::move(to_host.read), std::move(to_joiner.write));
  for (UniqueFd* const end : {&to_joiner.read, &to_host.write}) {
    if (*end) hosted.offer.descriptors.push_back(std::move(*end));
  }
  return hosted;
}

// The offer holds what the joiner needs, what it waits for first.
absl::StatusOr<std::unique_ptr<Channel>> JoinPipeEvent(const ChannelSpec& spec,
                                                       ChannelOffer offer) {
  const size_t wanted = spec.duplex ? 2 : 1;
  if (offer.descriptors.size() != wanted) {
    return absl::InvalidArgumentError(absl::StrCat("pipe_event: the offer has ",
                                                   offer.descriptors.size(),
                                                   " descriptors instead of ", wanted));
  }
  UniqueFd read;
  UniqueFd write;
  if (spec.duplex || !spec.sends) read = std::move(offer.descriptors.front());
  if (spec.duplex || spec.sends) write = std::move(offer.descriptors.back());
  return std::make_unique<PipeEventChannel>(std::move(read), std::move(write));
}

constexpr std::array kPatterns = {v1::Pattern::HAND_OFF, v1::Pattern::NOTIFY};
constexpr std::array<std::string_view, 4> kHazards = {
    "The write end must not wait: a notifier that blocks on a full pipe, or in a signal handler, "
    "may wait for itself. EAGAIN means notified already, not failed.",
    "The reader must take all bytes, not one, or it is woken again and again for old news.",
    "How often it was notified is known only as long as the pipe is not full.",
    "Notifying after the last reader is gone raises SIGPIPE, which kills; ignore it and expect "
    "EPIPE."};
constexpr std::array<std::string_view, 2> kKernelViews = {
    "ls -l /proc/PID/fd: pipe:[INODE], the same number at both ends", "lsof -E +c 0 -p PID"};

}  // namespace

extern constinit const Mechanism kPipeEvent = {
    .id = "pipe_event",
    .family = v1::Mechanism::NOTIFY,
    .summary = "Bytes into a pipe as notifications (the self-pipe trick); a pipe for each way",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::POSIX,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::NOTICED,
              .ordering = "none: all that wait are taken at once",
              .access = "whoever inherits the descriptors, or is sent them over a Unix socket"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .kernel_views = kKernelViews,
    .name_kinds = {},
    .loopback = false,
    .probe = ProbePipeEvent,
    .host = HostPipeEvent,
    .join = JoinPipeEvent,
};

}  // namespace ipclab
