#include "server/host/hiccup_clock.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <ctime>

#include "server/durations.h"

namespace ipclab {
namespace {

constexpr absl::Duration kPeriod = absl::Milliseconds(10);
constexpr absl::Duration kLate = absl::Milliseconds(1);
constexpr absl::Duration kLateOfOrdinary = absl::Milliseconds(20);
constexpr size_t kMostLates = 4096;

void SleepUntil(absl::Time time) {
  const timespec until = absl::ToTimespec(time);
  ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

}  // namespace

HiccupClock::HiccupClock()
    : late_nanos_(absl::ToInt64Nanoseconds(kLateOfOrdinary)), thread_([this] { Run(); }) {}

HiccupClock::~HiccupClock() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void HiccupClock::Run() {
  ::pthread_setname_np(::pthread_self(), "hiccups");
  const sched_param priority = {.sched_priority = 1};
  // Refused to most users.
  if (::pthread_setschedparam(::pthread_self(), SCHED_FIFO, &priority) == 0) {
    late_nanos_ = absl::ToInt64Nanoseconds(kLate);
  }
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || listeners_ > 0; });
    if (stopping_) return;
    const absl::Time due = due_ = MonotonicNow() + kPeriod;
    lock.unlock();
    SleepUntil(due);
    Tick(due, MonotonicNow());
    lock.lock();
    due_ = absl::InfiniteFuture();
  }
}

void HiccupClock::Tick(absl::Time due, absl::Time came) {
  if (came - due < late()) return;
  const std::lock_guard lock(mutex_);
  lates_.push_back({.came = came, .by = came - due});
  if (lates_.size() > kMostLates) lates_.pop_front();
}

HiccupClock::Listener::Listener(HiccupClock& clock) : clock_(clock), begin_(MonotonicNow()) {
  {
    const std::lock_guard lock(clock_.mutex_);
    ++clock_.listeners_;
  }
  clock_.changed_.notify_all();
}

HiccupClock::Listener::~Listener() {
  const std::lock_guard lock(clock_.mutex_);
  --clock_.listeners_;
}

Hiccups HiccupClock::Listener::Heard() const {
  const std::lock_guard lock(clock_.mutex_);
  Hiccups hiccups;
  const auto hear = [&](const Late& late) {
    if (late.came < begin_) return;
    ++hiccups.count;
    // What was before is another's.
    hiccups.longest = std::max(hiccups.longest, std::min(late.by, late.came - begin_));
  };
  for (const Late& late : clock_.lates_) hear(late);
  // One that is overdue just now: the thread that reads this was woken before it.
  const absl::Time now = MonotonicNow();
  if (now - clock_.due_ >= clock_.late()) hear({.came = now, .by = now - clock_.due_});
  return hiccups;
}

}  // namespace ipclab
