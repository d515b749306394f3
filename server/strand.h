// Runs closures one after the other, never two at once: the single writer of all engine state.
//
// Post runs the closure at once, on the posting thread, when nothing else runs; otherwise the
// thread that is at work runs it next. A hop to another thread costs a wake-up (20 us across
// virtual CPUs), which every rpc would pay. Closures must not block. Thread safe. The strand must
// outlive every Post.
#pragma once

#include <deque>
#include <mutex>
#include <utility>

#include "absl/functional/any_invocable.h"

namespace ipclab {

class Strand {
 public:
  using Closure = absl::AnyInvocable<void()>;

  // Never runs closure inside another one of this strand: a Post from within is queued.
  // What a closure throws ends the process: a strand that stood still would answer nobody.
  void Post(Closure closure) noexcept {
    {
      std::lock_guard lock(mutex_);
      queue_.push_back(std::move(closure));
      if (running_) return;
      running_ = true;
    }
    while (true) {
      Closure next;
      {
        std::lock_guard lock(mutex_);
        if (queue_.empty()) {
          running_ = false;
          return;
        }
        next = std::move(queue_.front());
        queue_.pop_front();
      }
      std::move(next)();
    }
  }

 private:
  std::mutex mutex_;  // guards what follows; never held while a closure runs
  std::deque<Closure> queue_;
  bool running_ = false;
};

}  // namespace ipclab
