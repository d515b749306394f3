#include "server/event_loop.h"

#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "server/durations.h"

namespace ipclab {
namespace {

constexpr uint64_t kTimerEvent = 1;
constexpr uint64_t kWakeEvent = 2;

// Of the loop's own descriptors, which cannot fail but for want of resources at start.
void Must(bool done) {
  if (!done) std::abort();
}

}  // namespace

EventLoop::EventLoop()
    : epoll_(epoll_create1(EPOLL_CLOEXEC)),
      timer_(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  Must(epoll_ && timer_ && wake_);
  epoll_event timer_event{.events = EPOLLIN | EPOLLONESHOT, .data = {.u64 = kTimerEvent}};
  Must(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timer_.get(), &timer_event) == 0);
  epoll_event wake_event{.events = EPOLLIN, .data = {.u64 = kWakeEvent}};
  Must(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &wake_event) == 0);
  thread_ = std::thread([this] { Run(); });
}

EventLoop::~EventLoop() { Stop(); }

void EventLoop::Stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  eventfd_write(wake_.get(), 1);
  thread_.join();
}

EventLoop::WatchId EventLoop::Watch(int fd, std::function<void()> on_ready, uint32_t events) {
  const WatchId id = next_id_++;
  // One-shot: while its closure waits for the strand the descriptor must not fire again.
  epoll_event event{.events = events | EPOLLONESHOT, .data = {.u64 = id}};
  Must(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0);
  watches_.emplace(id, WatchEntry{fd, events, std::move(on_ready)});
  return id;
}

void EventLoop::Unwatch(WatchId id) {
  const auto found = watches_.find(id);
  if (found == watches_.end()) return;
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, found->second.fd, nullptr);
  watches_.erase(found);
}

EventLoop::TimerId EventLoop::After(absl::Duration delay, Strand::Closure closure) {
  const TimerId id = next_id_++;
  const absl::Time due = MonotonicNow() + delay;
  timers_.emplace(std::pair(due, id), std::move(closure));
  timer_times_.emplace(id, due);
  if (timers_.begin()->first.second == id) ArmTimer();
  return id;
}

void EventLoop::CancelTimer(TimerId id) {
  const auto found = timer_times_.find(id);
  if (found == timer_times_.end()) return;
  timers_.erase(std::pair(found->second, id));
  timer_times_.erase(found);
}

void EventLoop::Run() {
  std::array<epoll_event, 64> events;
  while (!stopping_) {
    const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
    if (count > 0 && !Dispatch({events.data(), static_cast<size_t>(count)})) return;
  }
}

// The kernel wakes the one who waits last, and no other: every descriptor is one-shot.
void EventLoop::Help(absl::Duration limit, const std::atomic<bool>& done) {
  if (helped_.exchange(true, std::memory_order_acquire)) return;
  const absl::Time until = MonotonicNow() + limit;
  std::array<epoll_event, 16> events;
  while (!done.load(std::memory_order_acquire)) {
    const timespec left = absl::ToTimespec(until - MonotonicNow());
    if (left.tv_sec < 0) break;
    const int count =
        epoll_pwait2(epoll_.get(), events.data(), static_cast<int>(events.size()), &left, nullptr);
    if (count <= 0 || !Dispatch({events.data(), static_cast<size_t>(count)})) break;
  }
  helped_.store(false, std::memory_order_release);
}

bool EventLoop::Dispatch(std::span<const epoll_event> events) {
  for (const epoll_event& event : events) {
    const uint64_t id = event.data.u64;
    if (id == kWakeEvent) return false;
    if (id == kTimerEvent) {
      Post([this] { OnTimer(); });
    } else {
      Post([this, id] { OnReady(id); });
    }
  }
  return true;
}

void EventLoop::OnReady(WatchId id) {
  auto found = watches_.find(id);
  if (found == watches_.end()) return;  // unwatched while this waited
  const std::function<void()> on_ready = found->second.on_ready;
  on_ready();
  found = watches_.find(id);
  if (found == watches_.end()) return;
  epoll_event event{.events = found->second.events | EPOLLONESHOT, .data = {.u64 = id}};
  Must(epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, found->second.fd, &event) == 0);
}

void EventLoop::OnTimer() {
  uint64_t expirations;
  while (read(timer_.get(), &expirations, sizeof expirations) < 0 && errno == EINTR) {
  }
  const absl::Time now = MonotonicNow();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    Strand::Closure closure = std::move(timers_.begin()->second);
    timer_times_.erase(timers_.begin()->first.second);
    timers_.erase(timers_.begin());
    std::move(closure)();
  }
  epoll_event event{.events = EPOLLIN | EPOLLONESHOT, .data = {.u64 = kTimerEvent}};
  Must(epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, timer_.get(), &event) == 0);
  ArmTimer();
}

void EventLoop::ArmTimer() {
  if (timers_.empty()) return;
  const absl::Duration delay =
      std::max(timers_.begin()->first.first - MonotonicNow(), absl::Nanoseconds(1));
  itimerspec spec{};
  spec.it_value = absl::ToTimespec(delay);
  timerfd_settime(timer_.get(), 0, &spec, nullptr);
}

}  // namespace ipclab
