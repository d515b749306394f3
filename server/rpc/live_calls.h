// Which rpcs are alive, by method: for the limit on watchers, and so that a stop that hangs can say
// on what. Thread safe.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>

#include "absl/time/time.h"

namespace ipclab {

class LiveCalls {
 public:
  // Counts one call of method while it lives.
  class Token {
   public:
    Token(LiveCalls& calls, const char* method) : calls_(calls), method_(method) {
      std::lock_guard lock(calls_.mutex_);
      ++calls_.counts_[method_];
    }
    ~Token() {
      std::lock_guard lock(calls_.mutex_);
      if (--calls_.counts_[method_] > 0) return;
      calls_.counts_.erase(method_);
      if (calls_.counts_.empty()) calls_.none_.notify_all();
    }
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;

   private:
    LiveCalls& calls_;
    const char* const method_;
  };

  int Of(const char* method) const {
    std::lock_guard lock(mutex_);
    const auto found = counts_.find(method);
    return found == counts_.end() ? 0 : found->second;
  }

  // Waits until there is none, but no longer than limit.
  void AwaitNone(absl::Duration limit) const {
    std::unique_lock lock(mutex_);
    none_.wait_for(lock, absl::ToChronoMilliseconds(limit), [this] { return counts_.empty(); });
  }

  // "2 WatchExperiment, 1 StepExperiment"; empty when there is none.
  std::string Describe() const {
    std::lock_guard lock(mutex_);
    std::string text;
    for (const auto& [method, count] : counts_) {
      if (!text.empty()) text += ", ";
      text += std::to_string(count) + " " + method;
    }
    return text;
  }

 private:
  mutable std::mutex mutex_;  // guards counts_
  mutable std::condition_variable none_;
  std::map<std::string, int, std::less<>> counts_;
};

}  // namespace ipclab
