// eventfd: a counter in the kernel that one process adds to and another waits for; two of them
// where both notify.

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/program/semaphore_maximum.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/option.h"
#include "worker/semaphore.h"

namespace ipclab {
namespace {

constexpr uint64_t kOne = 1;
constexpr int64_t kMost = SemaphoreMaximum("eventfd");

absl::StatusOr<int64_t> CountOf(int counter) {
  std::ifstream info(absl::StrCat("/proc/self/fdinfo/", counter));
  for (std::string word; info >> word;) {
    uint64_t count;
    if (word == "eventfd-count:" && info >> std::hex >> count) return static_cast<int64_t>(count);
  }
  return absl::UnimplementedError("eventfd: /proc/self/fdinfo does not tell");
}

// The blocking forms are one call each. O_NONBLOCK belongs to the counter, so to both ends: the Try
// forms look first instead. This end is the only one to add, or to take: what poll saw stays true.
class EventfdChannel final : public Channel {
 public:
  // Waits for one counter and adds to another; either may be missing.
  EventfdChannel(UniqueFd own, UniqueFd peers) : own_(std::move(own)), peers_(std::move(peers)) {}

  // Waits while the counter is full.
  IoStatus Send(std::span<const std::byte>) override {
    while (::write(peers_.get(), &kOne, sizeof kOne) < 0) {
      if (errno != EINTR) return Fail(errno);
    }
    return IoStatus::kOk;
  }

  IoStatus Receive(std::span<std::byte>) override {
    uint64_t count;
    while (::read(own_.get(), &count, sizeof count) < 0) {
      if (errno != EINTR) return Fail(errno);
    }
    return IoStatus::kOk;
  }

  IoStatus TrySend(std::span<const std::byte> message) override {
    const IoStatus status = Look(peers_.get(), POLLOUT);
    return status == IoStatus::kOk ? Send(message) : status;
  }

  IoStatus TryReceive(std::span<std::byte> message) override {
    const IoStatus status = Look(own_.get(), POLLIN);
    return status == IoStatus::kOk ? Receive(message) : status;
  }

  int ReadableDescriptor() const override { return own_.get(); }

  absl::StatusOr<int64_t> Depth() const override {
    if (!own_) return absl::UnimplementedError("eventfd: this end only notifies");
    return CountOf(own_.get());
  }

 private:
  IoStatus Look(int fd, int16_t events) {
    pollfd poll{fd, events, 0};
    while (::poll(&poll, 1, 0) < 0) {
      if (errno != EINTR) return Fail(errno);
    }
    return (poll.revents & events) != 0 ? IoStatus::kOk : IoStatus::kWouldBlock;
  }

  UniqueFd own_;    // none when this end only notifies
  UniqueFd peers_;  // none when it only waits
};

absl::StatusOr<UniqueFd> MakeCounter(const ChannelSpec& spec) {
  const int semaphore = spec.Option("mode") == "semaphore" ? EFD_SEMAPHORE : 0;
  UniqueFd counter(::eventfd(0, EFD_CLOEXEC | semaphore));
  if (!counter) return ErrnoStatus("eventfd");
  return counter;
}

Probe ProbeEventfd() {
  Probe probe;
  if (!UniqueFd(::eventfd(0, EFD_CLOEXEC))) {
    probe.unavailable_reason =
        absl::StrCat(std::string(ErrnoStatus("eventfd").message()),
                     "; a kernel with CONFIG_EVENTFD and a sandbox that allows it are needed");
  }
  if (const auto files = ReadSysctl("fs/nr_open")) {
    probe.limits.push_back(
        MakeLimit("descriptors of a process at most", *files, "/proc/sys/fs/nr_open"));
  }
  probe.options.push_back(ChoiceOption(
      "mode", {"counter", "semaphore"},
      "What a read takes: all that was added, or 1 of it (EFD_SEMAPHORE), so that none is merged"));
  return probe;
}

absl::StatusOr<Hosted> HostEventfd(const ChannelSpec& spec) {
  // Of the host's and of the joiner's wait.
  std::array<UniqueFd, 2> own;
  std::array<UniqueFd, 2> offered;
  for (const size_t waiter : {0u, 1u}) {
    const bool waits = spec.duplex || spec.sends == (waiter == 1);
    if (!waits) continue;
    auto counter = MakeCounter(spec);
    if (!counter.ok()) return counter.status();
    own[waiter] = *std::move(counter);
    offered[waiter].Reset(::fcntl(own[waiter].get(), F_DUPFD_CLOEXEC, 0));
    if (!offered[waiter]) return ErrnoStatus("fcntl F_DUPFD_CLOEXEC", "eventfd");
  }
  Hosted hosted;
  hosted.channel = std::make_unique<EventfdChannel>(std::move(own[0]), std::move(own[1]));
  for (UniqueFd& counter : offered) {
    if (counter) hosted.offer.descriptors.push_back(std::move(counter));
  }
  return hosted;
}

// The offer holds the counters that there are: first the one that the host waits for.
absl::StatusOr<std::unique_ptr<Channel>> JoinEventfd(const ChannelSpec& spec, ChannelOffer offer) {
  const size_t wanted = spec.duplex ? 2 : 1;
  if (offer.descriptors.size() != wanted) {
    return absl::InvalidArgumentError(absl::StrCat(
        "eventfd: the offer has ", offer.descriptors.size(), " descriptors instead of ", wanted));
  }
  UniqueFd own;
  UniqueFd peers;
  if (spec.duplex || spec.sends) peers = std::move(offer.descriptors.front());
  if (spec.duplex || !spec.sends) own = std::move(offer.descriptors.back());
  return std::make_unique<EventfdChannel>(std::move(own), std::move(peers));
}

// A semaphore of lab programs. Several may take from it, so that what poll saw may be gone: it
// never waits in read.
//
// The kernel would count on beyond the most that a semaphore has. Each end may post its share of
// what was free at first without a look; then it looks every time, and two that do so at once may
// both find the last place.
class EventfdSemaphore {
 public:
  EventfdSemaphore(int counter, int64_t unseen_posts)
      : counter_(counter), unseen_posts_(unseen_posts) {}

  IoStatus Wait() {
    while (true) {
      const IoStatus status = TryWait();
      if (status != IoStatus::kWouldBlock) return status;
      pollfd poll{counter_, POLLIN, 0};
      if (::poll(&poll, 1, -1) < 0 && errno != EINTR) return Failed();
    }
  }

  IoStatus TryWait() {
    uint64_t taken;  // always 1
    while (::read(counter_, &taken, sizeof taken) < 0) {
      if (errno == EAGAIN) return IoStatus::kWouldBlock;
      if (errno != EINTR) return Failed();
    }
    return IoStatus::kOk;
  }

  IoStatus Post() {
    if (unseen_posts_ > 0) {
      --unseen_posts_;
    } else if (const absl::StatusOr<int64_t> count = Value(); !count.ok()) {
      error_ = EIO;
      return IoStatus::kError;
    } else if (*count >= kMost) {
      return IoStatus::kWouldBlock;
    }
    while (::write(counter_, &kOne, sizeof kOne) < 0) {
      if (errno == EAGAIN) return IoStatus::kWouldBlock;
      if (errno != EINTR) return Failed();
    }
    return IoStatus::kOk;
  }

  absl::StatusOr<int64_t> Value() const { return CountOf(counter_); }
  int error() const { return error_; }

 private:
  IoStatus Failed() {
    error_ = errno;
    return IoStatus::kError;
  }

  int counter_;
  int64_t unseen_posts_;
  int error_ = 0;
};

using CountingEnd = SemaphoreEnd<EventfdSemaphore, UniqueFd>;

std::unique_ptr<CountingSemaphore> MakeCounting(const ChannelSpec& spec, UniqueFd counter) {
  const EventfdSemaphore semaphore(counter.get(), (kMost - spec.initial_value) / spec.senders);
  return std::make_unique<CountingEnd>(semaphore, std::move(counter));
}

absl::StatusOr<HostedSemaphore> HostCounting(const ChannelSpec& spec) {
  const auto value = InitialValue(spec, "eventfd", kMost);
  if (!value.ok()) return value.status();
  UniqueFd own(::eventfd(*value, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC));
  if (!own) return ErrnoStatus("eventfd");
  UniqueFd offered(::fcntl(own.get(), F_DUPFD_CLOEXEC, 0));
  if (!offered) return ErrnoStatus("fcntl F_DUPFD_CLOEXEC", "eventfd");
  HostedSemaphore hosted{MakeCounting(spec, std::move(own)), {}};
  hosted.offer.descriptors.push_back(std::move(offered));
  return hosted;
}

absl::StatusOr<std::unique_ptr<CountingSemaphore>> JoinCounting(const ChannelSpec& spec,
                                                                ChannelOffer offer) {
  if (offer.descriptors.size() != 1) {
    return absl::InvalidArgumentError("eventfd: the offer is not one descriptor");
  }
  return MakeCounting(spec, std::move(offer.descriptors.front()));
}

constexpr std::array kPatterns = {v1::Pattern::HAND_OFF, v1::Pattern::NOTIFY};
constexpr std::array<std::string_view, 5> kHazards = {
    "Nothing tells that the other process died: its descriptor is another one's copy, and an "
    "eventfd has no ends.",
    "A read takes the whole counter: how often it was added to is a number, not so many wake-ups.",
    "Reads and writes are of 8 bytes in the host's byte order; shorter ones fail with EINVAL.",
    "Writing waits, or fails with EAGAIN, when the counter would pass 0xfffffffffffffffe.",
    "O_NONBLOCK is the counter's, not the descriptor's: who sets it sets it for every process."};
constexpr std::array<std::string_view, 2> kKernelViews = {
    "/proc/PID/fdinfo/FD: eventfd-count (hexadecimal), eventfd-id, eventfd-semaphore",
    "ls -l /proc/PID/fd: anon_inode:[eventfd]"};

}  // namespace

extern constinit const Mechanism kEventfd = {
    .id = "eventfd",
    .family = v1::Mechanism::NOTIFY,
    .summary = "Counter in the kernel to wait for, by descriptor; one for each way",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::LINUX,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .ordering = "none: notifications add up",
              .access = "whoever inherits the descriptors, or is sent them over a Unix socket"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .kernel_views = kKernelViews,
    .name_kinds = {},
    .loopback = false,
    .probe = ProbeEventfd,
    .host = HostEventfd,
    .join = JoinEventfd,
    .program = {.carries = kCarriesSemaphore, .view = "eventfd-count"},
    .host_semaphore = HostCounting,
    .join_semaphore = JoinCounting,
};

}  // namespace ipclab
