// vmsplice: the pages of a message go into a pipe as they are; only the reader copies.
//
// The pipe refers to the sender's pages, so that a page must stay as it is until its bytes were
// read, and only FIONREAD tells that. Gifts (SPLICE_F_GIFT) would not help: they may never be
// touched again, and a page given away must be mapped anew. So each message is copied into the next
// of a ring of page-aligned slots, which a program that makes its messages in place would not do.

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/own_pages.h"
#include "worker/mechanisms/pipe_channel.h"
#include "worker/mechanisms/program_facts.h"

namespace ipclab {
namespace {

int64_t PagesOf(int64_t bytes) { return (bytes + PipePage() - 1) / PipePage(); }

// A message takes whole buffers of the pipe: one per page, however few bytes are in it.
class Splicer {
 public:
  static absl::StatusOr<Splicer> Make(UniqueFd pipe, int64_t message_bytes) {
    Splicer splicer;
    splicer.bytes_ = message_bytes;
    splicer.pages_ = PagesOf(message_bytes);
    splicer.buffers_ = ::fcntl(pipe.get(), F_GETPIPE_SZ) / PipePage();
    // One more than the pipe holds, for the one that is being made, and one for the one that is
    // partly read. The same again, so that FIONREAD is asked once in many messages.
    splicer.slots_ = 2 * (splicer.buffers_ / splicer.pages_ + 2);
    auto pages = OwnPages::Make(static_cast<size_t>(splicer.slots_ * splicer.pages_ * PipePage()));
    if (!pages.ok()) return pages.status();
    splicer.memory_ = *std::move(pages);
    splicer.pipe_ = std::move(pipe);
    return splicer;
  }

  IoStatus Send(std::span<const std::byte> message, int& error);
  IoStatus TrySend(std::span<const std::byte> message, int& error);

 private:
  // What the pipe holds of this end's bytes. False: error says why it is not known.
  bool Unread(int64_t& unread, int& error) const {
    int inside = 0;
    if (::ioctl(pipe_.get(), FIONREAD, &inside) != 0) {
      error = errno;
      return false;
    }
    unread = inside;
    return true;
  }

  UniqueFd pipe_;
  OwnPages memory_;
  int64_t bytes_ = 0;    // of a message
  int64_t pages_ = 0;    // of a message
  int64_t buffers_ = 0;  // of the pipe
  int64_t slots_ = 0;
  int64_t sent_ = 0;  // messages
  int64_t read_ = 0;  // of those, what is known to have been read whole
};

IoStatus Splicer::Send(std::span<const std::byte> message, int& error) {
  if (sent_ - read_ == slots_) {
    int64_t unread = 0;
    if (!Unread(unread, error)) return IoStatus::kError;
    read_ = sent_ - (unread + bytes_ - 1) / bytes_;
    if (sent_ - read_ == slots_) {  // There are more slots than the pipe can hold.
      error = EBUSY;
      return IoStatus::kError;
    }
  }
  std::byte* const slot = memory_.data() + (sent_ % slots_) * pages_ * PipePage();
  std::memcpy(slot, message.data(), message.size());
  iovec rest = {slot, message.size()};
  while (rest.iov_len > 0) {
    const ssize_t spliced = ::vmsplice(pipe_.get(), &rest, 1, 0);
    if (spliced >= 0) {
      rest.iov_base = static_cast<std::byte*>(rest.iov_base) + spliced;
      rest.iov_len -= static_cast<size_t>(spliced);
    } else if (errno != EINTR) {
      error = errno;
      return error == EPIPE ? IoStatus::kPeerClosed : IoStatus::kError;
    }
  }
  ++sent_;
  return IoStatus::kOk;
}

// This end is the only writer: room that is there stays there.
IoStatus Splicer::TrySend(std::span<const std::byte> message, int& error) {
  if (pages_ > buffers_) {
    error = EMSGSIZE;  // It never fits at once, whoever reads.
    return IoStatus::kError;
  }
  pollfd room{pipe_.get(), POLLOUT, 0};
  int64_t unread = 0;
  if (::poll(&room, 1, 0) < 0) {
    error = errno;
    return IoStatus::kError;
  }
  if ((room.revents & POLLERR) != 0) return IoStatus::kPeerClosed;
  if ((room.revents & POLLOUT) == 0) return IoStatus::kWouldBlock;
  if (!Unread(unread, error)) return IoStatus::kError;
  const int64_t inside = (unread + bytes_ - 1) / bytes_;
  if ((inside + 1) * pages_ > buffers_) return IoStatus::kWouldBlock;
  return Send(message, error);
}

class SpliceChannel final : public Channel {
 public:
  SpliceChannel(UniqueFd read, Splicer out)
      : in_(std::move(read), UniqueFd()), out_(std::move(out)) {}

  IoStatus Send(std::span<const std::byte> message) override {
    return Told(out_.Send(message, code_), code_);
  }
  IoStatus TrySend(std::span<const std::byte> message) override {
    return Told(out_.TrySend(message, code_), code_);
  }
  IoStatus Receive(std::span<std::byte> message) override {
    return Told(in_.Receive(message), in_.error());
  }
  IoStatus TryReceive(std::span<std::byte> message) override {
    return Told(in_.TryReceive(message), in_.error());
  }
  int ReadableDescriptor() const override { return in_.ReadableDescriptor(); }
  absl::StatusOr<int64_t> Depth() const override { return in_.Depth(); }

 private:
  IoStatus Told(IoStatus status, const int& error) {
    return status == IoStatus::kError ? Fail(error) : status;
  }

  PipeChannel in_;
  Splicer out_;
  int code_ = 0;
};

// One page there and back.
std::string Hindrance() {
  auto pipe = MakePipe(PipePage());
  if (!pipe.ok()) return std::string(pipe.status().message());
  char byte = 1;
  const iovec page = {&byte, 1};
  if (::vmsplice(pipe->write.get(), &page, 1, SPLICE_F_NONBLOCK) == 1) return "";
  const int error = errno;
  return absl::StrCat(std::string(ErrnoStatus("vmsplice", {}, error).message()),
                      error == ENOSYS ? "; this kernel has no such call"
                                      : "; the sandbox or container must allow it");
}

Probe ProbeVmsplice() {
  Probe probe;
  probe.unavailable_reason = Hindrance();
  DescribePipeCapacity(probe);
  return probe;
}

absl::StatusOr<std::unique_ptr<Channel>> MakeChannel(const ChannelSpec& spec, UniqueFd read,
                                                     UniqueFd write) {
  if (!write) return std::make_unique<PipeChannel>(std::move(read), UniqueFd());
  auto out = Splicer::Make(std::move(write), spec.message_bytes);
  if (!out.ok()) return out.status();
  return std::make_unique<SpliceChannel>(std::move(read), *std::move(out));
}

// Each record of a program's channel takes a buffer of the pipe.
int64_t CapacityOf(const ChannelSpec& spec) {
  return std::max(spec.IntegerOption("capacity"), spec.records * PipePage());
}

absl::StatusOr<Hosted> HostVmsplice(const ChannelSpec& spec) {
  PipeEnds from_host;
  PipeEnds to_host;
  Hosted hosted;
  if (spec.duplex || spec.sends) {
    auto pipe = MakePipe(CapacityOf(spec));
    if (!pipe.ok()) return pipe.status();
    from_host = *std::move(pipe);
    hosted.offer.descriptors.push_back(std::move(from_host.read));
  }
  if (spec.duplex || !spec.sends) {
    auto pipe = MakePipe(CapacityOf(spec));
    if (!pipe.ok()) return pipe.status();
    to_host = *std::move(pipe);
    hosted.offer.descriptors.push_back(std::move(to_host.write));
  }
  auto channel = MakeChannel(spec, std::move(to_host.read), std::move(from_host.write));
  if (!channel.ok()) return channel.status();
  hosted.channel = *std::move(channel);
  return hosted;
}

// The offer holds what the joiner needs, what it reads first.
absl::StatusOr<std::unique_ptr<Channel>> JoinVmsplice(const ChannelSpec& spec, ChannelOffer offer) {
  const size_t wanted = spec.duplex ? 2 : 1;
  if (offer.descriptors.size() != wanted) {
    return absl::InvalidArgumentError(absl::StrCat(
        "vmsplice: the offer has ", offer.descriptors.size(), " descriptors instead of ", wanted));
  }
  UniqueFd read;
  UniqueFd write;
  if (spec.duplex || !spec.sends) read = std::move(offer.descriptors.front());
  if (spec.duplex || spec.sends) write = std::move(offer.descriptors.back());
  return MakeChannel(spec, std::move(read), std::move(write));
}

constexpr std::array<std::string_view, 2> kViews = {
    "ls -l /proc/PID/fd: both ends have the same pipe:[number]",
    "lsof +E -a -p PID -d 0-99: who has the other end"};
constexpr std::array<std::string_view, 5> kHazards = {
    "The pipe refers to the page itself: what is written to it before it was read changes what is "
    "read. FIONREAD tells what was; vmsplice coming back does not.",
    "Where the reader splices on instead of reading, FIONREAD tells nothing, and nothing says when "
    "a page is free again.",
    "A buffer of the pipe per page: messages of one byte fill it as fast as messages of 4096.",
    "Zero copy ends where data is made elsewhere: here each message is copied into a slot, and "
    "only the kernel's copy into the pipe is spared.",
    "Below some pages a message, pinning them costs more than copying them."};

}  // namespace

extern constinit const Mechanism kVmsplice = {
    .id = "vmsplice",
    .family = v1::Mechanism::STREAM,
    .summary = "Pages put into a pipe without a copy; a pair of pipes for both ways",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::LINUX,
              .direction = v1::Mechanism::ONE_WAY,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::NOTICED,
              .needs_synchronisation = true,
              .access = "whoever inherits the descriptors, or is sent them over a Unix socket"},
    .patterns = kDataPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .loopback = false,
    .probe = ProbeVmsplice,
    .host = HostVmsplice,
    .join = JoinVmsplice,
    .program = ChannelFacts("bytes by FIONREAD", kRecordBytes, SeenBy::kReceivers),
};

}  // namespace ipclab
