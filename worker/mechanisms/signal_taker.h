// How a process takes the signals that notify it: three ways, for the mechanism signal. All of them
// keep the signal blocked, so that none comes where it is not awaited.
//
// Used by a worker's only thread: a signal is sent to the process, and another thread that does not
// block it would take it, or die of it. One taker per signal number in a process.
#pragma once

#include <signal.h>

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "worker/io_status.h"

namespace ipclab {

// What was taken: the value that a sigqueue sent with it, and errno with kError.
struct TakenSignal {
  IoStatus status = IoStatus::kOk;
  int value = 0;
};

// Blocks one signal for its lifetime. In the end it discards what is pending: the default
// disposition would kill.
class BlockedSignal {
 public:
  explicit BlockedSignal(int number);
  BlockedSignal(const BlockedSignal&) = delete;
  BlockedSignal& operator=(const BlockedSignal&) = delete;
  ~BlockedSignal();

  int number() const { return number_; }
  // This signal alone.
  const sigset_t& set() const { return set_; }

  // True when one waits to be taken.
  bool IsPending() const;

 private:
  const int number_;
  sigset_t set_;
  sigset_t before_;
};

class SignalTaker {
 public:
  virtual ~SignalTaker() = default;

  // Takes one signal, waiting for it or not; kWouldBlock when there is none. errno with kError.
  virtual TakenSignal Take() = 0;
  virtual TakenSignal TryTake() = 0;

  // See Channel::ReadableDescriptor.
  virtual int descriptor() const { return -1; }

  bool IsPending() const { return signal_.IsPending(); }

 protected:
  explicit SignalTaker(int number) : signal_(number) {}

  const BlockedSignal signal_;
};

// way: "sigwaitinfo", "signalfd" or "handler". From here on the signal is blocked.
absl::StatusOr<std::unique_ptr<SignalTaker>> MakeSignalTaker(std::string_view way, int number);

}  // namespace ipclab
