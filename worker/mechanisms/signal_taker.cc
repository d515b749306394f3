#include "worker/mechanisms/signal_taker.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "common/errno_status.h"
#include "common/unique_fd.h"

namespace ipclab {
namespace {

sigset_t Only(int number) {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, number);
  return set;
}

constexpr TakenSignal kNone = {IoStatus::kWouldBlock};
constexpr TakenSignal kFailed = {IoStatus::kError};

class WaitingTaker final : public SignalTaker {
 public:
  explicit WaitingTaker(int number) : SignalTaker(number) {}

  TakenSignal Take() override {
    siginfo_t info;
    while (::sigwaitinfo(&signal_.set(), &info) < 0) {
      if (errno != EINTR) return kFailed;
    }
    return {IoStatus::kOk, info.si_value.sival_int};
  }

  TakenSignal TryTake() override {
    constexpr timespec kNoTime = {};
    siginfo_t info;
    while (::sigtimedwait(&signal_.set(), &info, &kNoTime) < 0) {
      if (errno == EAGAIN) return kNone;
      if (errno != EINTR) return kFailed;
    }
    return {IoStatus::kOk, info.si_value.sival_int};
  }
};

class DescriptorTaker final : public SignalTaker {
 public:
  DescriptorTaker(int number, UniqueFd descriptor)
      : SignalTaker(number), descriptor_(std::move(descriptor)) {}

  TakenSignal Take() override {
    signalfd_siginfo info;
    while (::read(descriptor_.get(), &info, sizeof info) < 0) {
      if (errno != EINTR) return kFailed;
    }
    return {IoStatus::kOk, info.ssi_int};
  }

  // Nobody else takes it, so what is pending stays.
  TakenSignal TryTake() override {
    pollfd poll{descriptor_.get(), POLLIN, 0};
    while (::poll(&poll, 1, 0) < 0) {
      if (errno != EINTR) return kFailed;
    }
    return poll.revents == 0 ? kNone : Take();
  }

  int descriptor() const override { return descriptor_.get(); }

 private:
  const UniqueFd descriptor_;
};

// What the handlers of this process have seen of each signal. A handler knows no object.
struct Seen {
  std::atomic<uint32_t> count;
  std::atomic<int> value;
  static_assert(std::atomic<int>::is_always_lock_free, "a handler takes no lock");
};
std::array<Seen, _NSIG> seen;

void Handle(int number, siginfo_t* info, void*) {
  Seen& here = seen[static_cast<size_t>(number)];
  here.value.store(info->si_value.sival_int, std::memory_order_relaxed);
  here.count.fetch_add(1, std::memory_order_relaxed);
}

// Handlers run inside sigsuspend only, which unblocks and waits in one step: one that ran between a
// look at the count and a pause() would be waited for in vain. The handler itself blocks the
// signal, and sigsuspend returns after it, so of a queue one is taken at a time.
class HandlerTaker final : public SignalTaker {
 public:
  explicit HandlerTaker(int number)
      : SignalTaker(number), seen_(seen[static_cast<size_t>(number)]), taken_(seen_.count) {
    struct sigaction action = {};
    action.sa_sigaction = Handle;
    action.sa_flags = SA_SIGINFO;
    ::sigaction(number, &action, &before_);
    ::sigprocmask(SIG_BLOCK, nullptr, &open_);
    ::sigdelset(&open_, number);
  }
  ~HandlerTaker() override {
    ::signal(signal_.number(), SIG_IGN);  // none of those that are pending runs another handler
    ::sigaction(signal_.number(), &before_, nullptr);
  }

  TakenSignal Take() override {
    uint32_t count;
    while ((count = seen_.count.load(std::memory_order_relaxed)) == taken_) ::sigsuspend(&open_);
    taken_ = count;
    return {IoStatus::kOk, seen_.value.load(std::memory_order_relaxed)};
  }

  TakenSignal TryTake() override { return IsPending() ? Take() : kNone; }

 private:
  Seen& seen_;
  uint32_t taken_;
  sigset_t open_;  // the mask without this signal
  struct sigaction before_ = {};
};

}  // namespace

BlockedSignal::BlockedSignal(int number) : number_(number), set_(Only(number)) {
  ::sigprocmask(SIG_BLOCK, &set_, &before_);
}

BlockedSignal::~BlockedSignal() {
  struct sigaction before;
  ::sigaction(number_, nullptr, &before);
  ::signal(number_, SIG_IGN);  // discards
  ::sigaction(number_, &before, nullptr);
  if (::sigismember(&before_, number_) == 0) ::sigprocmask(SIG_UNBLOCK, &set_, nullptr);
}

bool BlockedSignal::IsPending() const {
  sigset_t pending;
  return ::sigpending(&pending) == 0 && ::sigismember(&pending, number_) == 1;
}

absl::StatusOr<std::unique_ptr<SignalTaker>> MakeSignalTaker(std::string_view way, int number) {
  if (way == "sigwaitinfo") return std::make_unique<WaitingTaker>(number);
  if (way == "handler") return std::make_unique<HandlerTaker>(number);
  const sigset_t set = Only(number);
  UniqueFd descriptor(::signalfd(-1, &set, SFD_CLOEXEC));
  if (!descriptor) return ErrnoStatus("signalfd");
  return std::make_unique<DescriptorTaker>(number, std::move(descriptor));
}

}  // namespace ipclab
