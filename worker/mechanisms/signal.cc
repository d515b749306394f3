// signal: each way a signal number of its own, sent by kill or, with a value, by sigqueue. A page
// that both ends map tells them each other's process.

#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <limits>
#include <string>
#include <utility>

#include "worker/mechanism.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/mechanisms/signal_taker.h"
#include "worker/option.h"
#include "worker/shared_object.h"

namespace ipclab {
namespace {

// Zero bytes are a valid start: no process.
struct Pids {
  std::atomic<pid_t> host;
  std::atomic<pid_t> joiner;
};
using SharedPids = SharedObject<Pids>;

struct Numbers {
  int to_host;
  int to_joiner;
};

Numbers NumbersOf(const ChannelSpec& spec) {
  if (spec.Option("kind") == "standard") return {SIGUSR1, SIGUSR2};
  return {SIGRTMIN, SIGRTMIN + 1};  // no constants: the C library keeps the first ones
}

class SignalChannel final : public Channel {
 public:
  // taker: null where this end only notifies. number: the one to notify with.
  SignalChannel(SharedPids pids, bool host, bool queues, int number,
                std::unique_ptr<SignalTaker> taker)
      : pids_(std::move(pids)),
        host_(host),
        queues_(queues),
        number_(number),
        taker_(std::move(taker)) {
    (host_ ? pids_->host : pids_->joiner).store(::getpid());
  }

  // Both have blocked what they wait for and said who they are before either notifies.
  absl::Status Connect() override {
    peer_ = (host_ ? pids_->joiner : pids_->host).load();
    // To kill, 0 and less are whole groups of processes.
    if (peer_ <= 0) return absl::FailedPreconditionError("signal: there is no other process");
    return absl::OkStatus();
  }

  // Nothing tells when a full queue has room again, so it is tried from time to time.
  IoStatus Send(std::span<const std::byte> message) override {
    constexpr timespec kNap = {0, 50'000};
    IoStatus status;
    while ((status = TrySend(message)) == IoStatus::kWouldBlock) ::nanosleep(&kNap, nullptr);
    return status;
  }

  IoStatus TrySend(std::span<const std::byte>) override {
    sigval value;
    value.sival_int = static_cast<int>(sent_);
    if ((queues_ ? ::sigqueue(peer_, number_, value) : ::kill(peer_, number_)) == 0) [[likely]] {
      ++sent_;
      return IoStatus::kOk;
    }
    if (errno == EAGAIN) return IoStatus::kWouldBlock;
    return errno == ESRCH ? IoStatus::kPeerClosed : Fail(errno);
  }

  IoStatus Receive(std::span<std::byte>) override { return Check(taker_->Take()); }
  IoStatus TryReceive(std::span<std::byte>) override { return Check(taker_->TryTake()); }

  int ReadableDescriptor() const override { return taker_ == nullptr ? -1 : taker_->descriptor(); }

  absl::StatusOr<int64_t> Depth() const override {
    if (taker_ == nullptr) return absl::UnimplementedError("signal: this end only notifies");
    return taker_->IsPending() ? 1 : 0;  // of a queue: at least
  }

 private:
  // A queue keeps the order and loses none, so anything else than the next value is somebody
  // else's.
  IoStatus Check(TakenSignal taken) {
    if (taken.status == IoStatus::kError) return Fail(errno);
    if (taken.status != IoStatus::kOk || !queues_) return taken.status;
    if (taken.value != static_cast<int>(taken_)) return Fail(EBADMSG);
    ++taken_;
    return IoStatus::kOk;
  }

  const SharedPids pids_;
  const bool host_;
  const bool queues_;
  const int number_;
  const std::unique_ptr<SignalTaker> taker_;
  pid_t peer_ = 0;
  uint32_t sent_ = 0;
  uint32_t taken_ = 0;
};

absl::StatusOr<std::unique_ptr<Channel>> MakeEnd(const ChannelSpec& spec, SharedPids pids,
                                                 bool host) {
  const Numbers numbers = NumbersOf(spec);
  std::unique_ptr<SignalTaker> taker;
  if (spec.duplex || !spec.sends) {
    auto made = MakeSignalTaker(spec.Option("take"), host ? numbers.to_host : numbers.to_joiner);
    if (!made.ok()) return made.status();
    taker = *std::move(made);
  }
  return std::make_unique<SignalChannel>(std::move(pids), host, spec.Option("kind") == "realtime",
                                         host ? numbers.to_joiner : numbers.to_host,
                                         std::move(taker));
}

Probe ProbeSignal() {
  Probe probe;
  rlimit queued;
  if (::getrlimit(RLIMIT_SIGPENDING, &queued) == 0) {
    constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
    const int64_t most = queued.rlim_cur > static_cast<rlim_t>(kMost)
                             ? kMost
                             : static_cast<int64_t>(queued.rlim_cur);
    probe.limits.push_back(MakeLimit("signals queued for all processes of a user", most,
                                     "ulimit -i (RLIMIT_SIGPENDING)"));
  }
  probe.limits.push_back(MakeLimit("real-time signals", SIGRTMAX - SIGRTMIN + 1, ""));

  probe.options.push_back(ChoiceOption(
      "kind", {"standard", "realtime"},
      "standard: SIGUSR1 and SIGUSR2 by kill, of which one of each is pending at most; realtime: "
      "SIGRTMIN and the next by sigqueue, which queue, each with a value"));
  probe.options.push_back(ChoiceOption(
      "take", {"sigwaitinfo", "signalfd", "handler"},
      "How the blocked signal is taken: sigwaitinfo, read of a signalfd, or a handler that runs in "
      "sigsuspend"));
  return probe;
}

absl::StatusOr<Hosted> HostSignal(const ChannelSpec& spec) {
  auto pids = SharedPids::Host("signal");
  if (!pids.ok()) return pids.status();
  auto channel = MakeEnd(spec, std::move(pids->object), /*host=*/true);
  if (!channel.ok()) return channel.status();
  return Hosted{*std::move(channel), std::move(pids->offer)};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinSignal(const ChannelSpec& spec, ChannelOffer offer) {
  auto pids = SharedPids::Join("signal", offer);
  if (!pids.ok()) return pids.status();
  return MakeEnd(spec, *std::move(pids), /*host=*/false);
}

constexpr std::array kPatterns = {v1::Pattern::HAND_OFF, v1::Pattern::NOTIFY};
constexpr std::array<std::string_view, 8> kHazards = {
    "Standard signals coalesce: one that is sent while the same is pending is gone.",
    "The default disposition of most signals ends the process, some with a core; SIGSTOP and "
    "SIGKILL cannot be blocked, caught or ignored.",
    "A signal that comes between a look at a flag and pause() is waited for in vain: keep it "
    "blocked and use sigsuspend, sigwaitinfo or signalfd.",
    "A handler interrupts anything: only async-signal-safe functions in it, and EINTR outside.",
    "With threads any one that does not block it takes a signal to the process, or dies of it.",
    "Real-time signals queue, in order, until the limit of the user: then sigqueue fails with "
    "EAGAIN, for all of that user's processes.",
    "A pid may be another process's by the time of the kill; pidfd_send_signal hits none but the "
    "one that it was opened for.",
    "ESRCH tells a sender that the other one is dead and reaped; nothing tells one that waits."};
constexpr std::array<std::string_view, 3> kKernelViews = {
    "/proc/PID/status: SigQ (queued/limit), SigPnd, ShdPnd, SigBlk, SigIgn, SigCgt",
    "/proc/PID/fdinfo/FD of a signalfd: sigmask", "kill -L"};

}  // namespace

extern constinit const Mechanism kSignal = {
    .id = "signal",
    .family = v1::Mechanism::NOTIFY,
    .summary = "Signals to a process: standard ones by kill, or real-time ones by sigqueue",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::POSIX,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .ordering = "real-time ones as sent, the lowest number first; standard ones merge",
              .access = "processes of the same user, and the privileged"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .kernel_views = kKernelViews,
    .name_kinds = {},
    .loopback = false,
    .probe = ProbeSignal,
    .host = HostSignal,
    .join = JoinSignal,
};

}  // namespace ipclab
