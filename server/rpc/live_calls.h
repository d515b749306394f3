// Which rpcs are alive, by method: for the limit on watchers, and so that a stop that hangs can say
// on what. Thread safe.
#pragma once

#include <map>
#include <mutex>
#include <string>

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
      if (--calls_.counts_[method_] == 0) calls_.counts_.erase(method_);
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
  std::map<std::string, int, std::less<>> counts_;
};

}  // namespace ipclab
