#include "tests/bench/bare/event_wires.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>

#include <cerrno>

namespace ipclab::bench {
namespace {

constexpr std::array<int, 2> kSignals = {SIGUSR1, SIGUSR2};

sigset_t BothSignals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : kSignals) ::sigaddset(&set, number);
  return set;
}

int64_t CallFutex(std::atomic<uint32_t>& word, int operation, uint32_t value) {
  return ::syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
}

}  // namespace

bool EventfdWire::Make(size_t) {
  for (UniqueFd& counter : counters_) {
    counter.Reset(::eventfd(0, EFD_CLOEXEC));
    if (!counter) return false;
  }
  return true;
}

bool FutexWire::Send(std::span<const std::byte>) {
  out_->count.fetch_add(1);
  return out_->asleep.load() == 0 || CallFutex(out_->count, FUTEX_WAKE, 1) >= 0;
}

bool FutexWire::Receive(std::span<std::byte>) {
  uint32_t count;
  while ((count = in_->count.load(std::memory_order_acquire)) == taken_) {
    in_->asleep.store(1);
    const int64_t slept = CallFutex(in_->count, FUTEX_WAIT, taken_);
    in_->asleep.store(0, std::memory_order_relaxed);
    if (slept != 0 && errno != EAGAIN) return false;
  }
  taken_ = count;
  return true;
}

bool SignalWire::Make(size_t) {
  const sigset_t both = BothSignals();
  return shared_.Make() && ::sigprocmask(SIG_BLOCK, &both, nullptr) == 0;
}

SignalWire::~SignalWire() {
  const sigset_t both = BothSignals();
  ::sigprocmask(SIG_UNBLOCK, &both, nullptr);
}

void SignalWire::Be(size_t end) {
  in_ = kSignals[1 - end];
  out_ = kSignals[end];
  ::sigemptyset(&awaited_);
  ::sigaddset(&awaited_, in_);
  shared_->pids[end] = ::getpid();
  while ((peer_ = shared_->pids[1 - end]) == 0) ::sched_yield();
}

bool SignalWire::Send(std::span<const std::byte>) { return ::kill(peer_, out_) == 0; }

bool SignalWire::Receive(std::span<std::byte>) {
  siginfo_t info;
  return ::sigwaitinfo(&awaited_, &info) == in_;
}

}  // namespace ipclab::bench
