// Turns Ctrl-C (SIGINT), SIGTERM and SIGHUP into cancelled calls, so that a command can put things
// in order before it ends. A second signal ends the process at once.
//
// Create one before the first gRPC object: threads that are there already would take the signals.
// A thread of its own reads the signals from a signalfd, so no code runs in a signal handler.
#pragma once

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "absl/time/time.h"
#include "common/unique_fd.h"

namespace grpc {
class ClientContext;
}

namespace ipclab::cli {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // The signal that came first; 0 when none did.
  int signal() const { return signal_.load(); }
  bool raised() const { return signal() != 0; }

  // Readable once a signal came; nobody reads it.
  int raised_fd() const { return raised_.get(); }

  // Waits so long, or until a signal comes.
  void Wait(absl::Duration time);

  // What is called before a second signal ends the process, on a thread of its own.
  void BeforeEnd(std::function<void()> act);

  // While it lives, a signal cancels the call; at once when the signal came before it.
  class Guard {
   public:
    Guard(Interrupt& interrupt, grpc::ClientContext& context);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    Interrupt& interrupt_;
    grpc::ClientContext& context_;
  };

 private:
  void WaitForSignals();
  [[noreturn]] void EndAtOnce(int signal);
  void CancelCalls();

  sigset_t mask_before_;
  UniqueFd signals_;
  UniqueFd stop_;
  UniqueFd raised_;
  std::atomic<int> signal_ = 0;
  std::mutex mutex_;
  std::condition_variable came_;          // a signal
  std::set<grpc::ClientContext*> calls_;  // guarded by mutex_
  std::function<void()> before_end_;      // guarded by mutex_
  std::thread thread_;
};

}  // namespace ipclab::cli
