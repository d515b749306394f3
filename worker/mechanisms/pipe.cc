// pipe: an anonymous pipe, two of them where messages go both ways.

#include <fcntl.h>
#include <limits.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/mechanisms/pipe_channel.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/mechanisms/shared_pipe.h"

namespace ipclab {
namespace {

Probe ProbePipe() {
  Probe probe;
  DescribePipeCapacity(probe);
  probe.limits.push_back(MakeLimit("largest atomic write (PIPE_BUF), bytes", PIPE_BUF, ""));
  probe.max_shared_message_bytes = PIPE_BUF;
  return probe;
}

// Any number of workers may write and read: the offer holds both ends, what is read first, and each
// who joins keeps the one that it uses.
absl::StatusOr<Hosted> HostShared(const ChannelSpec& spec) {
  if (absl::Status status = SharedPipeChannel::Check(spec); !status.ok()) return status;
  auto pipe = MakePipe(CapacityFor(spec));
  if (!pipe.ok()) return pipe.status();
  UniqueFd own(::fcntl((spec.sends ? pipe->write : pipe->read).get(), F_DUPFD_CLOEXEC, 0));
  if (!own) return ErrnoStatus("fcntl F_DUPFD_CLOEXEC");
  auto channel = SharedPipeChannel::Make(spec, std::move(own));
  if (!channel.ok()) return channel.status();
  Hosted hosted{*std::move(channel), {}};
  hosted.offer.descriptors.push_back(std::move(pipe->read));
  hosted.offer.descriptors.push_back(std::move(pipe->write));
  return hosted;
}

absl::StatusOr<Hosted> HostPipe(const ChannelSpec& spec) {
  if (spec.shared()) return HostShared(spec);
  const int64_t capacity = CapacityFor(spec);
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
  const size_t wanted = spec.duplex || spec.shared() ? 2 : 1;
  if (offer.descriptors.size() != wanted) {
    return absl::InvalidArgumentError(absl::StrCat("pipe: the offer has ", offer.descriptors.size(),
                                                   " descriptors instead of ", wanted));
  }
  UniqueFd read;
  UniqueFd write;
  if (spec.duplex || !spec.sends) read = std::move(offer.descriptors.front());
  if (spec.duplex || spec.sends) write = std::move(offer.descriptors.back());
  if (spec.shared()) return SharedPipeChannel::Make(spec, std::move(spec.sends ? write : read));
  return std::make_unique<PipeChannel>(std::move(read), std::move(write));
}

constexpr std::array<std::string_view, 2> kViews = {
    "ls -l /proc/PID/fd: both ends have the same pipe:[number]",
    "lsof +E -a -p PID -d 0-99: who has the other end"};
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
              .sharing = v1::Mechanism::MANY_TO_MANY,
              .access = "whoever inherits the descriptors, or is sent them over a Unix socket"},
    .patterns = kDataPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .loopback = false,
    .probe = ProbePipe,
    .host = HostPipe,
    .join = JoinPipe,
    .program = ChannelFacts("bytes by FIONREAD", kRecordBytes, SeenBy::kAll),
};

}  // namespace ipclab
