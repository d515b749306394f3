// How tests wait: for an event, with a deadline.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "gtest/gtest.h"
#include "server/event_loop.h"

namespace ipclab {

// What any event of a test may take before the test fails.
inline constexpr std::chrono::seconds kPatience(30);

// Events that other threads put in and a test takes out, in order.
template <class Event>
class Mailbox {
 public:
  void Put(Event event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    // Under the lock: once it is free the taker may destroy this.
    changed_.notify_all();
  }

  // The next event; nullopt, with a failure, when none came.
  std::optional<Event> Take() {
    std::unique_lock lock(mutex_);
    // By the system clock: TSan knows no wait on the steady one.
    if (!changed_.wait_until(lock, std::chrono::system_clock::now() + kPatience,
                             [this] { return !events_.empty(); })) {
      ADD_FAILURE() << "nothing came";
      return std::nullopt;
    }
    Event event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

  bool empty() const {
    const std::lock_guard lock(mutex_);
    return events_.empty();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Event> events_;  // guarded by mutex_
};

// Runs act on the loop's strand and waits for it. What was posted before has run then, too.
template <class Act>
void OnStrand(EventLoop& loop, const Act& act) {
  // Shared: when patience ran out the closure may still come.
  const auto done = std::make_shared<Mailbox<bool>>();
  loop.Post([done, &act] {
    act();
    done->Put(true);
  });
  done->Take();
}

}  // namespace ipclab
