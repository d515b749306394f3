#include "worker/pacer.h"

#include <sched.h>
#include <sys/prctl.h>
#include <time.h>

#include "worker/spin.h"

namespace ipclab {
namespace {

// A sleep ends late by the wake-up of an idle CPU, tens of microseconds on a virtual one.
constexpr int64_t kSpinNanos = 60'000;

// No sleep is longer, so that a stop is noticed and the server sees that the worker lives.
constexpr int64_t kLongestSleepNanos = 20'000'000;

}  // namespace

Pacer::Pacer(const internal::WorkerSetup& setup, const Clock& clock, Figures& figures,
             const std::atomic<uint32_t>& stop)
    : clock_(clock),
      figures_(figures),
      stop_(stop),
      shares_cpu_(setup.shares_cpu()),
      schedule_(setup.measure().load(), setup.rank(), clock) {
  // By default the kernel may end a sleep 50 us late, to wake for several at once.
  ::prctl(PR_SET_TIMERSLACK, 1UL);
}

void Pacer::Await() {
  uint64_t now = clock_.Now();
  if (begin_ == 0) begin_ = now;
  due_ = begin_ + schedule_.Next();
  while (now < due_) {
    const int64_t left = clock_.Nanos(now, due_);
    if (stop_.load(std::memory_order_relaxed) != 0) return;
    if (left > kSpinNanos) {
      Sleep(std::min(left - kSpinNanos, kLongestSleepNanos));
      figures_.Progress();
    } else if (shares_cpu_) {
      ::sched_yield();
    } else {
      SpinPause();
    }
    now = clock_.Now();
  }
}

void Pacer::Sleep(int64_t nanos) const {
  const timespec time = {0, nanos};
  // A signal ends it early, and the caller looks at the clock anyway.
  ::clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr);
}

}  // namespace ipclab
